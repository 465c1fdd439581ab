// A plugin for Serverless 3, whose SDK (version 2) does not know AWS_ENDPOINT_URL.
module.exports = class ToMoto {
  constructor(serverless) {
    serverless
      .getProvider('aws')
      .sdk.config.update({ endpoint: process.env.AWS_ENDPOINT_URL, s3ForcePathStyle: true });
  }
};
