"""Asks the same of the program on stdin and stdout and of the service over HTTP, with the client of PyPI.

Arguments: the program, the folder of the project, the URL of the service.
"""

import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

try:
    from mcp.client.streamable_http import streamable_http_client
except ImportError:
    from mcp.client.streamable_http import streamablehttp_client as streamable_http_client


async def call(session, tool, **arguments):
    """The structured answer of a tool, which the client holds against the schema of the tool."""
    result = await session.call_tool(tool, arguments)
    content = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
    failed = getattr(result, "is_error", None) or getattr(result, "isError", None)
    assert not failed, result.content
    return content


async def ask(streams):
    async with ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        assert tools >= {"search", "describe", "list_queries", "run_query", "sparql", "schema", "why"}, tools
        found = (await call(session, "search", text="Irbit"))["found"][0]
        rows = await call(session, "sparql", query="SELECT ?c { ?c a cg:City }")
        assert rows["complete"] and rows["evidence"], rows
        await call(session, "schema")
        await call(session, "run_query", name="sessions-by-month")
        why = await call(session, "why", subject=found["iri"], predicate="cg:locatedIn")
        assert why["build"] == rows["build"]
        reason = why["reasons"][0]
        place, claim = reason["place"], reason["claims"][0]
        document = claim["evidence"][0]["document"]
        print(found["name"], place["file"].split("/")[-1], place["cell"], claim["id"], document)


async def main():
    program, folder, url = sys.argv[1:]
    server = StdioServerParameters(command=program, args=["--project", folder, "mcp"])
    async with stdio_client(server) as streams:
        await ask(streams)
    async with streamable_http_client(url) as streams:
        await ask(streams)


asyncio.run(main())
