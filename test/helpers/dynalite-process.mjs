// Runs DynamoDB in its own process, so that a test can be killed at any point without leaving a server behind.
import dynalite from 'dynalite';

const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send({ endpoint: `http://127.0.0.1:${server.address().port}` });
});
process.on('disconnect', () => process.exit());
