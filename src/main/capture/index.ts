export {
  type CaptureDeps,
  type CaptureSettings,
  type CaptureStage,
  createCapture,
  type Seen,
} from './capture.ts';
