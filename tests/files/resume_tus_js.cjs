// Uploads a file with tus-js-client; run as a process, so that it may be killed. argv: url, cookies, csrf, case, path, store.
const fs = require("fs");
const path = require("path");
const tus = require("tus-js-client");

const [url, cookies, csrf, caseId, file, store] = process.argv.slice(2);
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint: `${url}/api/v1/uploads/`,
  chunkSize: 256 * 1024,
  uploadSize: fs.statSync(file).size,
  retryDelays: Array(60).fill(250),
  metadata: { case: caseId, filename: path.basename(file) },
  headers: { Cookie: cookies, "X-CSRFToken": csrf },
  urlStorage: new tus.FileUrlStorage(store),
  fingerprint: async () => `file-${caseId}`,
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onChunkComplete: (size, sent) => console.log(`at ${sent}`),
  onSuccess: () => { console.log(`done ${upload.url}`); process.exit(0); },
});
upload.findPreviousUploads().then((earlier) => {
  if (earlier.length) { console.log(`resumed at ${earlier[0].uploadUrl}`); upload.resumeFromPreviousUpload(earlier[0]); }
  upload.start();
});
