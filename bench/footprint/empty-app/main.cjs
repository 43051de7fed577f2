// The empty Electron app that the agent is measured beside: it starts and does nothing.
const { app } = require('electron');

if (process.env.EMPTY_LIKE_AGENT === '1') {
  // The switches that the agent sets to be small, so that its own share can be told from theirs.
  app.disableHardwareAcceleration();
  app.commandLine.appendSwitch('in-process-gpu');
  app.commandLine.appendSwitch('disable-features', 'SpareRendererForSitePerProcess,MediaRouter');
}
app.whenReady();
