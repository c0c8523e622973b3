import type { ComponentChildren, JSX } from 'preact';
import { Fact } from './html-parts.js';
import { Prose } from './prose.js';

interface Props {
  readonly impact: string;
  readonly remediation: string;
  readonly children?: ComponentChildren;
}

/** What a failure leads to and what to change, and what else is to be known of it. */
export function Advice({ impact, remediation, children }: Props): JSX.Element {
  return (
    <dl class="advice">
      <Fact term="Impact">
        <Prose text={impact} />
      </Fact>
      <Fact term="Remediation">
        <Prose text={remediation} />
      </Fact>
      {children}
    </dl>
  );
}
