using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Imports;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Imports;

/// <summary>Files of past requests: what is counted, what is refused, and that nothing is counted twice.</summary>
public sealed class ImportTests
{
    private static readonly DateTimeOffset From = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_CsvWithBadRows_CountsTheGoodOnesOnceAndNamesTheLinesOfTheBad()
    {
        await using var host = await GateflowHost.StartAsync();
        var csv = """
            at,model,feature,input_tokens,output_tokens,cost,status,duration_ms,capabilities
            2026-11-10T10:00:00Z,gpt-4,"search, main",100,20,0.5,success,800,function_calling|streaming
            2026-11-10T11:59:00+02:00,gpt-4,"two
            lines",300,20,0.25,500,,
            2026-11-10T10:00:00Z,gpt-4,x,-5,20,0,success,1,
            yesterday,gpt-4,x,5,20,0,success,1,
            2026-11-10T10:00:00Z,gpt-4,x
            1762768800,who-knows-1,x,7,1,,200,5,
            """;

        var import = await PostAsync(host, csv);
        var again = await PostAsync(host, csv);

        Assert.Equal("completed", import["status"]!.GetValue<string>());
        Assert.Equal(3, import["rows_imported"]!.GetValue<long>());
        Assert.Equal([5, 6, 7], import["errors"]!.AsArray().Select(e => e!["line"]!.GetValue<long>()));
        Assert.Contains("negative", import["errors"]![0]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["who-knows-1"], import["unknown_models"]!.AsArray().Select(m => m!.GetValue<string>()));
        Assert.Equal(import["id"]!.GetValue<string>(), again["id"]!.GetValue<string>());
        var analysis = await host.Get<UsageQuery>().AnalyzeAsync("gpt-4", From, From.AddDays(27), Token);
        Assert.Equal((2, 1, 0.75m, 400), (analysis.TotalRequests, analysis.Errors, analysis.TotalCost, analysis.InputTokens));
        Assert.Equal(1, analysis.RequestsUsing(Capabilities.FunctionCalling));
        Assert.Equal(["search, main", "two\nlines"], analysis.ByFeature.Select(f => f.Feature.ReplaceLineEndings("\n")).Order(StringComparer.Ordinal));

        using var removed = await host.Client.DeleteAsync(new Uri($"/v1/management/usage/imports/{import["id"]}", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(0, (await host.Get<UsageQuery>().AnalyzeAsync("gpt-4", From, From.AddDays(27), Token)).TotalRequests);
    }

    [Fact]
    public async Task Import_LiteLlmAndOpenAiLines_AreUnderstood()
    {
        await using var host = await GateflowHost.StartAsync();
        var lines = """
            {"request_id":"a","api_key":"sk-secret","spend":0.01,"model":"openai/gpt-4","prompt_tokens":50,"completion_tokens":5,"startTime":"2026-11-10 10:00:00","endTime":"2026-11-10 10:00:02","status":"success","team_id":"support"}
            {"object":"bucket","start_time":1794308400,"results":[{"model":"gpt-4","num_model_requests":10,"input_tokens":1000,"output_tokens":100,"input_cached_tokens":10,"project_id":"proj"}]}
            {"broken
            """;

        var import = await PostAsync(host, lines, "&time_zone=Europe/Berlin");

        Assert.Equal((2, 11, 3), (import["rows_imported"]!.GetValue<long>(), import["requests"]!.GetValue<long>(), import["errors"]![0]!["line"]!.GetValue<long>()));
        Assert.Equal(new DateTimeOffset(2026, 11, 10, 9, 0, 0, TimeSpan.Zero), DateTimeOffset.Parse(import["from"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        var analysis = await host.Get<UsageQuery>().AnalyzeAsync("gpt-4", From, From.AddDays(27), Token);
        Assert.Equal((11, 1050), (analysis.TotalRequests, analysis.InputTokens));
        Assert.Equal(2000, analysis.LatencyMs!.P50, 2000 * 0.01);
        Assert.DoesNotContain(analysis.ByKey, k => k.Key.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("model,tokens\ngpt-4,1")]
    [InlineData("[{\"model\":\"gpt-4\"}]")]
    public async Task Import_AFileThatIsNone_IsRefused(string text)
    {
        await using var host = await GateflowHost.StartAsync();
        using var content = new StringContent(text);
        using var answer = await host.Client.PostAsync(new Uri("/v1/management/usage/import", UriKind.Relative), content, Token);
        using var utf16 = new ByteArrayContent([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("at,model")]);
        using var wrong = await host.Client.PostAsync(new Uri("/v1/management/usage/import", UriKind.Relative), utf16, Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_BrokenOffAtAnyChunk_CountsEveryRowExactlyOnce(bool answerLost)
    {
        using var database = await UsageDatabase.CreateAsync();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(From.AddDays(27));
        var text = new StringBuilder("at,model,feature,input_tokens,output_tokens\n");
        for (var i = 0; i < 2_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{From.AddMinutes(i * 7 % 9000):O},gpt-4,f{i % 20},10,1\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var store = new ImportStore(database, () => ModelCatalog.Embedded);
        await store.SaveAsync(new UsageImport
        {
            Id = "imp_1", Status = UsageImportStatus.Running, Format = "csv", Node = "n", TimeZone = "UTC", CreatedAt = clock.GetUtcNow(), Bytes = bytes.Length,
        }, Token);

        var turns = 0;
        while ((await store.FindAsync("imp_1", Token))! is { Status: not UsageImportStatus.Completed } import)
        {
            using var file = new MemoryStream(bytes);
            var run = new ImportRun(new ImportStore(database, () => ModelCatalog.Embedded), TimeProvider.System);
            if (answerLost && turns++ == 0)
            {
                database.LoseNextAnswer();
                await Assert.ThrowsAsync<IOException>(() => run.RunAsync(import, file, () => false, Token));
                continue;
            }

            await run.RunAsync(import, file, () => true, Token); // one chunk
        }

        Assert.Equal(2_000, (await database.ListAsync<UsageRollup>()).Sum(r => r.Requests));
        Assert.Equal(2_000, (await store.FindAsync("imp_1", Token))!.RowsImported);
    }

    private static async Task<JsonNode> PostAsync(GateflowHost host, string text, string query = "")
    {
        using var content = new StringContent(text, Encoding.UTF8, "text/csv");
        using var answer = await host.Client.PostAsync(new Uri("/v1/management/usage/import?wait=true" + query, UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
    }
}
