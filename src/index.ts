import { ServerlessWatchbot } from './plugin/plugin';

export = ServerlessWatchbot;
