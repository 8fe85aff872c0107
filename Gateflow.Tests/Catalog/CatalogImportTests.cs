using System.Net;
using System.Text.Json.Nodes;
using System.Text;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Pipeline;
using static Gateflow.Tests.Catalog.CatalogCalls;

namespace Gateflow.Tests.Catalog;

/// <summary>Price files and providers' lists: read, reviewed, applied in part or whole, undone.</summary>
public sealed class CatalogImportTests
{
    /// <summary>Prices per token; one new model, one changed, one that says nothing new, some that are not for us and some that are wrong.</summary>
    private const string Litellm = """
        {
          "sample_spec": {"litellm_provider": "one of many", "mode": "chat"},
          "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 128000, "max_output_tokens": 16384, "input_cost_per_token": 3e-06,
            "output_cost_per_token": 0.00001, "cache_read_input_token_cost": 1.25e-06, "deprecation_date": "2027-06-01", "supports_vision": true},
          "gpt-5": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 400000, "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05},
          "gpt-9-nova": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 2000000, "max_output_tokens": 64000, "input_cost_per_token": 4e-06,
            "output_cost_per_token": 2e-05, "input_cost_per_token_above_200k_tokens": 8e-06, "output_cost_per_token_above_200k_tokens": 3e-05, "supports_function_calling": true},
          "whisper-9": {"litellm_provider": "openai", "mode": "audio_transcription"},
          "azure/eu/gpt-4o-2024-08-06": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 3e-06},
          "acme/thing": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 3e-06},
          "mistral/mistral-odd": {"litellm_provider": "mistral", "mode": "chat", "input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06},
          "claude-3-opus-20240229": {"litellm_provider": "anthropic", "mode": "chat", "deprecation_date": "2019-13-45"},
          "openai/gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 9e-06},
          "gpt-5": {"litellm_provider": "openai", "mode": "chat"}
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_Litellm_IsADifferenceUntilAppliedAndUndone()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var import = await ImportAsync(host, Litellm, "?source=prices.json");
        var id = Text(import, "id");
        var untouched = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        var rows = (await MustAsync(host, "GET", $"/catalog/imports/{id}/rows?kind=changed"))["data"]!.AsArray();
        var applied = await MustAsync(host, "POST", $"/catalog/imports/{id}/apply", "{}");
        var changed = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        var added = await MustAsync(host, "GET", "/models/openai/gpt-9-nova");
        var undone = await MustAsync(host, "POST", $"/catalog/imports/{id}/undo");
        var back = await MustAsync(host, "GET", "/models/openai/gpt-4o");

        Assert.Equal(("litellm", "prices.json", "reviewing"), (Text(import, "format"), Text(import, "source"), Text(import, "status")));
        Assert.Equal((11, 1, 1, 1, 4), (Count(import, "read"), Count(import, "added"), Count(import, "changed"), Count(import, "unchanged"), Count(import, "faulty")));
        Assert.Equal("2027-01-14", Value(untouched, "retires_on"));
        var changes = Assert.Single(rows)!["changes"]!.AsArray();
        Assert.Equal(["retires_on", "price"], changes.Select(c => Text(c!, "field")));
        Assert.Equal(("2027-01-14", "2027-06-01", "built_in"), (changes[0]!["old"]!.ToString(), changes[0]!["new"]!.ToString(), Text(changes[0]!["old_source"]!, "origin")));
        Assert.Equal("applied", Text(applied, "status"));
        Assert.Equal(("2027-06-01", "import", "prices.json"), (Value(changed, "retires_on"), Text(Fact(changed, "retires_on")["source"]!, "origin"), Text(Fact(changed, "retires_on")["source"]!, "source")));
        Assert.Equal([("2.5", false), ("3", true)], changed["prices"]!.AsArray().Select(p => (p!["input"]!.ToString(), p["current"]!.GetValue<bool>())));
        Assert.Equal(("2000000", "200000", "1.5"), (Value(added, "context_window"), added["prices"]![0]!["surcharge"]!["above_input_tokens"]!.ToString(), added["prices"]![0]!["surcharge"]!["output_factor"]!.ToString()));
        Assert.Equal("undone", Text(undone, "status"));
        Assert.Equal(("2027-01-14", 1), (Value(back, "retires_on"), back["prices"]!.AsArray().Count));
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(host, "GET", "/models/openai/gpt-9-nova")).Status);
    }

    [Fact]
    public async Task Import_WrongRows_AreToldWithTheirKeyAndOthersStand()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var import = await ImportAsync(host, Litellm);
        var faults = (await MustAsync(host, "GET", $"/catalog/imports/{Text(import, "id")}/rows?kind=faulty"))["data"]!.AsArray().ToDictionary(r => Text(r!, "key"), r => r!["notes"]![0]!.GetValue<string>());
        var missing = (await MustAsync(host, "GET", $"/catalog/imports/{Text(import, "id")}/rows?kind=missing&limit=500"))["data"]!.AsArray();
        var (status, refused) = await CallAsync(host, "POST", $"/catalog/imports/{Text(import, "id")}/apply", $$"""{"rows": [{{missing[0]!["number"]}}]}""");

        Assert.Contains("negative", faults["mistral/mistral-odd"], StringComparison.Ordinal);
        Assert.Contains("not a date", faults["claude-3-opus-20240229"], StringComparison.Ordinal);
        Assert.Contains("like the entry 'gpt-4o'", faults["openai/gpt-4o"], StringComparison.Ordinal);
        Assert.Contains("stands twice", faults["gpt-5"], StringComparison.Ordinal);
        Assert.Equal(1, import["counts"]!["skipped"]!["models of other providers"]!.GetValue<int>());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rows"), (status, Text(refused["error"]!, "param")));
    }

    [Fact]
    public async Task Apply_Chosen_LeavesOtherFactsAndWhatPeopleEntered()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await MustAsync(host, "PATCH", "/models/openai/gpt-4o", """{"retires_on": "2030-01-01"}""");
        var import = await ImportAsync(host, Litellm);
        var id = Text(import, "id");
        var row = (await MustAsync(host, "GET", $"/catalog/imports/{id}/rows?kind=changed"))["data"]![0]!;

        await MustAsync(host, "POST", $"/catalog/imports/{id}/apply", """{"fields": ["retires_on"]}""");
        var kept = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        await MustAsync(host, "POST", $"/catalog/imports/{id}/apply", $$"""{"rows": [{{row["number"]}}], "fields": ["retires_on"]}""");
        var chosen = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        await MustAsync(host, "PATCH", "/models/openai/gpt-4o", """{"retires_on": "2031-01-01"}""");
        await MustAsync(host, "POST", $"/catalog/imports/{id}/undo");
        var after = await MustAsync(host, "GET", "/models/openai/gpt-4o");

        Assert.Equal(("2030-01-01", "2027-06-01", "2031-01-01"), (Value(kept, "retires_on"), Value(chosen, "retires_on"), Value(after, "retires_on")));
        Assert.Single(chosen["prices"]!.AsArray());
        Assert.Equal("stale", Text((await MustAsync(host, "GET", $"/catalog/imports/{id}/rows?kind=changed"))["data"]![0]!, "state"));
    }

    [Fact]
    public async Task Import_ModelsDev_ReadsLimitsPricesAndModalities()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var import = await ImportAsync(host, """
            {"openai": {"id": "openai", "name": "OpenAI", "models": {
              "gpt-9": {"id": "gpt-9", "name": "GPT-9", "tool_call": true, "reasoning": true, "structured_output": false, "release_date": "2026-11-20", "modalities": {"input": ["text", "image"], "output": ["text"]},
                "cost": {"input": 2, "output": 8, "cache_read": 0.5, "context_over_200k": {"input": 4, "output": 12} }, "limit": {"context": 300000, "output": 32000} },
              "gpt-5": {"id": "gpt-5", "name": "GPT-5", "release_date": "2027-01", "cost": {"input": 0, "output": 0}, "limit": {"context": 400000, "output": 128000} },
              "gpt-9-painter": {"id": "gpt-9-painter", "modalities": {"input": ["text"], "output": ["image"]} } } } }
            """);
        await MustAsync(host, "POST", $"/catalog/imports/{Text(import, "id")}/apply", "{}");
        var model = await MustAsync(host, "GET", "/models/gpt-9");

        Assert.Equal(("models_dev", 1, 0), (Text(import, "format"), Count(import, "added"), Count(import, "changed")));
        Assert.Equal(("GPT-9", "2026-11-20", "300000"), (Value(model, "display_name"), Value(model, "released"), Value(model, "context_window")));
        Assert.Equal(["chat", "function_calling", "vision", "reasoning_effort"], Fact(model, "capabilities")["value"]!.AsArray().Select(c => c!.GetValue<string>()));
        Assert.Equal("0.5", model["prices"]![0]!["cached_input"]!.ToString());
    }

    [Fact]
    public async Task Sync_ProvidersOwnList_ProposesNewIdsAndShutdownDates()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        upstream.Models = http => FakeUpstream.Json(http, 200, """
            {"object": "list", "data": [{"id": "gpt-4o", "object": "model", "created": 1, "shutdown_date": "2027-03-01"}, {"id": "gpt-5", "object": "model"},
              {"id": "gpt-9-nova", "object": "model", "context_window": 500000}, {"id": "whisper-1", "object": "model"}]}
            """);

        var import = await MustAsync(host, "POST", "/catalog/sync", """{"provider": "openai"}""");
        await MustAsync(host, "POST", $"/catalog/imports/{Text(import, "id")}/apply", "{}");
        var model = await MustAsync(host, "GET", "/models/openai/gpt-4o");
        upstream.Models = http => FakeUpstream.Error(http, 503);
        var (status, refused) = await CallAsync(host, "POST", "/catalog/sync", """{"provider": "openai"}""");

        Assert.Equal((1, 1), (Count(import, "added"), Count(import, "changed")));
        Assert.Equal(("2027-03-01", "sync", "openai"), (Value(model, "retires_on"), Text(Fact(model, "retires_on")["source"]!, "origin"), Text(Fact(model, "retires_on")["source"]!, "source")));
        Assert.Equal("500000", Value(await MustAsync(host, "GET", "/models/gpt-9-nova"), "context_window"));
        Assert.Equal((HttpStatusCode.Conflict, "provider_not_read"), (status, Text(refused["error"]!, "code")));
    }

    [Fact]
    public async Task Read_PieceByPiece_GivesEveryMemberAndStopsAtTheLimit()
    {
        List<string> names = [];
        await using var slow = new Trickle(Encoding.UTF8.GetBytes("\uFEFF{ \"a\": {\"x\": [1, 2]},\n \"b\" : \"text\", \"c\": " + new string(' ', 70_000) + "{\"y\": \"" + new string('z', 150_000) + "\"} }\n"), 4093);
        await foreach (var (name, value) in JsonMembers.ReadAsync(slow, Token))
        {
            names.Add($"{name}:{value.ValueKind}");
        }

        Assert.Equal(["a:Object", "b:String", "c:Object"], names);
        await using var endless = new Trickle(Encoding.UTF8.GetBytes("{\"a\": \"" + new string('z', 6_000_000)), 1 << 16);
        var fault = await Assert.ThrowsAsync<CatalogFileException>(async () =>
        {
            await foreach (var _ in JsonMembers.ReadAsync(endless, Token))
            {
            }
        });
        Assert.Contains("One entry is larger than 4 MiB", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonObject> ImportAsync(GateflowHost host, string file, string query = "") => await MustAsync(host, "POST", "/catalog/imports" + query, file);

    private static int Count(JsonObject import, string what) => import["counts"]![what]!.GetValue<int>();

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
