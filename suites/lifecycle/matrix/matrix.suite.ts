import { chapter } from '../../harness/check.js';
import { declareMatrix } from '../index.js';

chapter('Token Lifecycle', () => {
  declareMatrix();
});
