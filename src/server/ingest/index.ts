export { type Admission, type AdmissionOptions, createAdmission } from './admission.ts';
export { readRecord } from './check.ts';
export { itemRow } from './derive.ts';
export { ingestRoutes } from './routes.ts';
export { createIngest, type Ingest } from './service.ts';
