// Finds the right bdc, starts `bdc lsp`, and says when the versions of the workspace and of PATH differ.
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

/** Programs to try, in order: the setting, the environments of the folders of the workspace, PATH. */
function candidates() {
  const setting = vscode.workspace.getConfiguration("bds").get("path");
  if (setting) return [setting];
  const folders = vscode.workspace.workspaceFolders ?? [];
  const names = process.platform === "win32" ? ["Scripts", "bdc.exe"] : ["bin", "bdc"];
  const local = folders.map((folder) => path.join(folder.uri.fsPath, ".venv", ...names));
  return [...local.filter((file) => fs.existsSync(file)), "bdc"];
}

/** The version of a program; undefined when it cannot be run. */
function version(program) {
  return new Promise((resolve) => {
    execFile(program, ["--version"], (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
}

async function find() {
  const found = [];
  for (const program of candidates()) {
    const told = await version(program);
    if (told !== undefined) found.push({ program, told });
  }
  if (found.length > 1 && found[0].told !== found[1].told) {
    vscode.window.showWarningMessage(
      `bds: the workspace has ${found[0].told}, PATH has ${found[1].told}; that of the workspace is used.`,
    );
  }
  return found[0]?.program;
}

async function start(context) {
  const program = await find();
  if (program === undefined) {
    vscode.window.showErrorMessage("bds: there is no bdc. Install it: pip install 'bdc-lang[lsp]'");
    return;
  }
  const server = { command: program, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("bds", "bds", server, {
    documentSelector: [{ scheme: "file", language: "bds" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.bds") },
  });
  await client.start();
  context.subscriptions.push(client);
}

async function explain() {
  const code = await vscode.window.showInputBox({ prompt: "A diagnostic code, such as E101" });
  const program = code && (await find());
  if (!program) return;
  execFile(program, ["explain", code], async (error, stdout, stderr) => {
    const content = error ? stderr : stdout;
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
    vscode.window.showTextDocument(document, { preview: true });
  });
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("bds.explain", explain),
    vscode.commands.registerCommand("bds.restart", async () => {
      await client?.stop();
      await start(context);
    }),
  );
  await start(context);
};

exports.deactivate = () => client?.stop();
