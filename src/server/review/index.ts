export { openNoteWith } from './notes.ts';
export { reviewRoutes } from './routes.ts';
export { createReview, type Review, type Reviewer } from './service.ts';
