/** How large an image is, in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * What the head of an image says of it: PNG (section 11.2.2), GIF (section 18), JPEG (ITU T.81, B.2.2) and WebP (RFC 9649). Of metadata
 * beside the size nothing is read.
 * @returns nothing for what is none of these
 */
export function imageSize(bytes: Buffer): (Size & { readonly metadata: object }) | undefined {
  try {
    const size = sizeOf(bytes);
    return size && { ...size, metadata: {} };
  } catch {
    // What is shorter than its kind has to be is no image.
    return undefined;
  }
}

function sizeOf(bytes: Buffer): Size | undefined {
  const text = (begin: number, end: number): string => bytes.toString('latin1', begin, end);
  if (text(1, 4) === 'PNG' && text(12, 16) === 'IHDR')
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (/^GIF8[79]a$/.test(text(0, 6))) return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webpSize(bytes, text(12, 16));
  return bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined;
}

function webpSize(bytes: Buffer, kind: string): Size | undefined {
  if (kind === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
  if (kind !== 'VP8L') return undefined;
  const packed = bytes.readUInt32LE(21);
  return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
}

/** The size is in the frame header, behind segments of other kinds: each with a marker, and with its length. */
function jpegSize(bytes: Buffer): Size | undefined {
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xff00) return undefined;
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
  }
  return undefined;
}
