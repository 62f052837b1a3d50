"""The map of a specification: its files, and what each declares at which line."""

from typing import Any

from bdc.diagnostics import DiagnosticSink
from bdc.project import Project
from bdc.source import SourceFile
from bdc.syntax import ast, parse


def project_map(project: Project) -> list[dict[str, Any]]:
    """Return one entry per file: path, module, and its declarations with kind, name and line."""
    return [_file(file) for file in project.files]


def _file(file: SourceFile) -> dict[str, Any]:
    tree = parse(file, DiagnosticSink())
    return {
        "path": file.path,
        "module": tree.module.text if tree.module is not None else None,
        "declares": [
            {"kind": kind, "name": name, "line": file.position(node.span.start).line}
            for node in tree.declarations
            for kind, name in [_named(node)]
        ],
    }


def _named(node: ast.Declaration) -> tuple[str, str]:
    kind = type(node).__name__.removesuffix("Decl").removesuffix("Block").lower()
    if isinstance(node, ast.PolicyDecl):
        return kind, ", ".join(path.text for path in node.entities)
    if isinstance(node, ast.MachineDecl):
        return kind, f"{node.entity.text}.{node.field.text}"
    if isinstance(node, ast.TestDecl):
        return kind, node.title.value
    if isinstance(node, ast.IdentityDecl):
        return kind, node.entity.text
    name = getattr(node, "name", None)
    return kind, name.text if isinstance(name, ast.Name) else ""
