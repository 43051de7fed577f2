export {
  type ChannelInput,
  type ChannelName,
  type ChannelOutput,
  channels,
  type RendererApi,
} from './channels.ts';
