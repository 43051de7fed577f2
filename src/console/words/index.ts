export { fieldSpans, fieldText, type Sentence, searchableText, sentenceOf } from './sentence.ts';
export { createTimes, duration, type Times } from './times.ts';
export {
  ABOUT_WORDS,
  ACTION_WORDS,
  CATEGORY_WORDS,
  count,
  FIELD_WORDS,
  NO_SCREENSHOT_WORDS,
  personOf,
  ROLE_WORDS,
  SEVERITY_ASKS,
  STATE_WORDS,
} from './words.ts';
