// For Serverless 3: its SDK, AWS's second, knows nothing of AWS_ENDPOINT_URL.
module.exports = class ToMoto {
  constructor(serverless) {
    serverless
      .getProvider('aws')
      .sdk.config.update({ endpoint: process.env.AWS_ENDPOINT_URL, s3ForcePathStyle: true });
  }
};
