// Judges a program on a server and prints a verdict per case.
//
//     npm install
//     node judge.js localhost:50051
//
// Exit status: 0 if all cases are accepted, 1 if not, 3 if the call failed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const here = dirname(fileURLToPath(import.meta.url));
const protos = process.env.ENNEAD_PROTO ?? join(here, "../../proto");
// google/rpc/status.proto, which ours imports, comes with google-gax; any folder that has it will do.
const googleapis = join(dirname(createRequire(import.meta.url).resolve("google-gax")), "../protos");

const definition = protoLoader.loadSync("ennead/executor/v1/executor.proto", {
  includeDirs: [protos, googleapis],
  keepCase: true,
  enums: String,
  longs: String, // nanoseconds and bytes are 64 bits wide
  oneofs: true,
});
const { ExecutorService } = grpc.loadPackageDefinition(definition).ennead.executor.v1;

const code = `
const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);
console.log(a + b);
`;
const inline = (text) => ({ inline: Buffer.from(text) });
const job = {
  id: "sum",
  submission: { files: [{ name: "main.js", content: inline(code) }], runtime: "javascript" },
  cases: [
    { name: "small", stdin: inline("1 2\n"), expected: inline("3\n") },
    { name: "large", stdin: inline("9007199254740992 1\n"), expected: inline("9007199254740993\n") },
  ],
  limits: { cpu_ns: 2_000_000_000, memory_bytes: 512 * 1024 * 1024 },
};

const metadata = new grpc.Metadata();
if (process.env.ENNEAD_TOKEN) metadata.set("authorization", `Bearer ${process.env.ENNEAD_TOKEN}`);

const client = new ExecutorService(process.argv[2] ?? "localhost:50051", grpc.credentials.createInsecure());
const call = client.Judge({ job }, metadata, { deadline: Date.now() + 60_000 });

const verdict = (name) => name.replace("VERDICT_", "");
call.on("data", (answer) => {
  if (answer.event === "case_finished") {
    const { name, outcome, detail } = answer.case_finished;
    const ms = (Number(outcome.usage.cpu_ns) / 1e6).toFixed(1);
    console.log(`${verdict(answer.case_finished.verdict)} ${name} ${ms} ms ${detail}`.trim());
  } else if (answer.event === "finished") {
    const { passed, total } = answer.finished;
    console.log(`${verdict(answer.finished.verdict)} ${passed}/${total}`);
    process.exitCode = passed === total ? 0 : 1;
  }
});
call.on("error", (error) => {
  console.error(`${grpc.status[error.code]}: ${error.details}`);
  process.exitCode = 3;
});
call.on("close", () => client.close());
