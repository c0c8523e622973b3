import type { JSX } from 'preact';
import type { LikelyCause, Report } from '../../spec/generated/report.js';
import { adviceOnCause, classificationInWords } from '../advice.js';
import { Advice } from './advice.js';
import { Fact } from './html-parts.js';
import { causesInWords, matchInWords } from '../../report/wording.js';

/** What a likely cause leads to, what to change, and under which numbers it is known. */
function CauseAdvice({ cause }: { cause: LikelyCause }): JSX.Element | null {
  const advice = adviceOnCause(cause);
  if (advice === undefined) return null;
  return (
    <Advice {...advice}>
      <Fact term="Classification">{classificationInWords(advice)}</Fact>
    </Advice>
  );
}

/** What the failures probably come from, each cause with its figures and what it breaks. */
export function LikelyCauses({ diagnosis, requirements }: Report): JSX.Element | null {
  if (diagnosis === undefined) return null;
  const present = new Set(requirements.map(({ id }) => id));
  const links = (ids: readonly string[]): JSX.Element[] =>
    ids
      .filter((id) => present.has(id))
      .map((id) => (
        <span key={id}>
          <a href={`#${encodeURIComponent(id)}`}>{id}</a>{' '}
        </span>
      ));
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">{causesInWords(diagnosis)}</h2>
      {diagnosis.causes.map((cause) => (
        <div key={cause.defect} class="cause">
          <p>
            <b>{cause.title}</b> <code>{cause.defect}</code>
            <span class="line">{matchInWords(cause, diagnosis)}.</span>
          </p>
          <CauseAdvice cause={cause} />
          {cause.alternatives.length > 0 && (
            <p>Matching as well: {cause.alternatives.map(({ title, defect }) => `${title} (${defect})`).join(' ')}</p>
          )}
          <p>
            <small>Breaks</small> {links(cause.explains)}
          </p>
        </div>
      ))}
      {diagnosis.causes.length > 0 && diagnosis.unexplained.length > 0 && (
        <p>Not explained: {links(diagnosis.unexplained)}</p>
      )}
    </section>
  );
}
