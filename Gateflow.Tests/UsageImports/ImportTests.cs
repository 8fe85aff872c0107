using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.UsageImports;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.UsageImports;

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

    /// <summary>Anthropic's input_tokens leave out what the cache read and wrote; LiteLLM's prompt_tokens hold it.</summary>
    [Fact]
    public async Task Import_AnthropicsUsage_CountsWhatTheCacheReadAndWrote()
    {
        await using var host = await GateflowHost.StartAsync();

        var import = await PostAsync(host, """
            {"at":"2026-11-10T10:00:00Z","model":"claude-sonnet-4-6","usage":{"input_tokens":10,"cache_read_input_tokens":5000,"cache_creation_input_tokens":990,"output_tokens":50}}
            {"at":"2026-11-10T10:00:00Z","model":"gpt-4","prompt_tokens":700,"cache_read_input_tokens":500,"completion_tokens":50}
            """);

        var claude = await host.Get<UsageQuery>().AnalyzeAsync("claude-sonnet-4-6", From, From.AddDays(27), Token);
        var gpt = await host.Get<UsageQuery>().AnalyzeAsync("gpt-4", From, From.AddDays(27), Token);
        Assert.Equal(2, import["rows_imported"]!.GetValue<long>());
        Assert.Equal((6_000, 5_000, 6_050), (claude.InputTokens, claude.CachedInputTokens, claude.MaxContextUsed));
        Assert.Equal(ModelCatalog.Embedded.Find("claude-sonnet-4-6")!.Cost(6_000, 5_000, 990, 50, new DateOnly(2026, 11, 10)), claude.TotalCost);
        Assert.Equal((700, 500), (gpt.InputTokens, gpt.CachedInputTokens));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    public async Task Import_TimesAtTheCalendarsEnds_AreBadRows(string zone)
    {
        await using var host = await GateflowHost.StartAsync();

        var import = await PostAsync(host, "at,model\n0001-01-01 00:00:00,gpt-4\n9999-12-31 23:59:59,gpt-4\n2026-11-10 10:00:00,gpt-4\n", $"&time_zone={zone}");

        Assert.Equal(("completed", 1), (import["status"]!.GetValue<string>(), import["rows_imported"]!.GetValue<long>()));
        Assert.Equal([2, 3], import["errors"]!.AsArray().Select(e => e!["line"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Import_BucketOfOneRequest_IsNoRequestOfADay()
    {
        await using var host = await GateflowHost.StartAsync();

        await PostAsync(host, """
            {"object":"bucket","start_time":1794268800,"end_time":1794355200,"results":[{"model":"gpt-4","num_model_requests":1,"input_tokens":1000,"output_tokens":100}]}
            {"at":"2026-11-10T10:00:00Z","model":"gpt-4","requests":1,"duration_ms":700}
            """);

        var analysis = await host.Get<UsageQuery>().AnalyzeAsync("gpt-4", From, From.AddDays(27), Token);
        Assert.Equal(2, analysis.TotalRequests);
        Assert.Equal(700, analysis.LatencyMs!.P99, 700 * 0.01);
    }

    [Fact]
    public async Task RunOnce_ImportThatCannotBeCounted_FailsAndLetsTheNextOneBy()
    {
        await using var host = await GateflowHost.StartAsync();
        var store = host.Get<ImportStore>();
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(host.DataDirectory, "imports")).FullName, "imp_0.upload");
        await System.IO.File.WriteAllTextAsync(path, "at,model\n2026-11-10 10:00:00,gpt-4\n", Token);
        await store.SaveAsync(Running("imp_0", "test") with { TimeZone = "Nowhere/Town" }, Token);

        var next = await PostAsync(host, "at,model\n2026-11-10T10:00:00Z,gpt-4\n");

        Assert.Equal("completed", next["status"]!.GetValue<string>());
        var failed = (await store.FindAsync("imp_0", Token))!;
        Assert.Equal(UsageImportStatus.Failed, failed.Status);
        Assert.Contains("TimeZoneNotFoundException", failed.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(path));
    }

    [Fact]
    public async Task Cancel_ImportOfANodeThatIsGone_EndsIt()
    {
        await using var host = await GateflowHost.StartAsync();
        var store = host.Get<ImportStore>();
        await store.SaveAsync(Running("imp_0", "gone"), Token);

        using var cancelled = await host.Client.PostAsync(new Uri("/v1/management/usage/imports/imp_0/cancel", UriKind.Relative), null, Token);
        using var removed = await host.Client.DeleteAsync(new Uri("/v1/management/usage/imports/imp_0", UriKind.Relative), Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (cancelled.StatusCode, removed.StatusCode));
    }

    [Fact]
    public async Task Import_SentAgainAfterItsNodeIsGone_GoesOn()
    {
        await using var host = await GateflowHost.StartAsync();
        var store = host.Get<ImportStore>();
        const string file = "at,model\n2026-11-10T10:00:00Z,gpt-4\n2026-11-10T11:00:00Z,gpt-4\n";
        var id = "imp_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file)))[..32];
        await store.SaveAsync(Running(id, "gone") with { Bytes = file.Length, Offset = file.IndexOf("2026-11-10T11", StringComparison.Ordinal), NextLine = 3, RowsImported = 1, Requests = 1 }, Token);

        var import = await PostAsync(host, file);

        Assert.Equal((id, "completed", 2), (import["id"]!.GetValue<string>(), import["status"]!.GetValue<string>(), import["rows_imported"]!.GetValue<long>()));
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
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Run_BrokenOffWhereverItMay_CountsEveryRowExactlyOnce(bool answersLost, bool cancelled)
    {
        var bytes = File(inOrder: false);
        var expected = await CountAsync(bytes, (_, run, import, file) => run.RunAsync(import, file, () => false, Token));

        var runs = 0;
        var calls = 0;
        var seen = await CountAsync(bytes, async (database, run, import, file) =>
        {
            runs++;
            if (answersLost)
            {
                database.LoseNextAnswer(); // one part is stored, and the program dies before it knows
                await Record.ExceptionAsync(() => run.RunAsync(import, file, () => false, Token));
                return;
            }

            await run.RunAsync(import, file, () => cancelled && calls++ % 5 == 4, Token); // while it reads, and after a chunk
        });

        Assert.True(runs > 5, $"{runs} runs");
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Run_FileInNoOrder_GivesWhatTheSameRowsInOrderGive()
    {
        Assert.Equal(
            await CountAsync(File(inOrder: true), (_, run, import, file) => run.RunAsync(import, file, () => false, Token)),
            await CountAsync(File(inOrder: false), (_, run, import, file) => run.RunAsync(import, file, () => false, Token)));
    }

    [Fact]
    public void Progress_OfAChunk_GoesByReadingAndStoring()
    {
        var import = new UsageImport
        {
            Id = "imp_1", Status = UsageImportStatus.Running, Format = "csv", Node = "n", TimeZone = "UTC", CreatedAt = From, Bytes = 1_000, Offset = 200, ReadTo = 600,
        };

        Assert.Equal(
            [0.2, 0.4, 0.5, 1],
            [
                (import with { ReadTo = 0 }).Progress, import.Progress, (import with { ToStore = 100, Stored = 50 }).Progress,
                (import with { Offset = 1_000, ReadTo = 1_000 }).Progress,
            ]);
    }

    /// <summary>2,000 requests of six days, twenty features and seven users, one bad row among them.</summary>
    private static byte[] File(bool inOrder)
    {
        var order = Enumerable.Range(0, 2_000).Select(i => inOrder ? i : i * 1_237 % 2_000);
        IEnumerable<string> lines = order.Select(i => string.Create(CultureInfo.InvariantCulture, $"{From.AddMinutes(i * 4.5):O},gpt-4,f{i % 20},u{i % 7},{10 + i},1,{100 + (i % 900)}"));
        return Encoding.UTF8.GetBytes(string.Join('\n', ["at,model,feature,user,input_tokens,output_tokens,duration_ms", .. lines.Take(900), "yesterday,gpt-4,,,1,1,1", .. lines.Skip(900)]));
    }

    /// <summary>Counts a file in turns until it is counted, in small chunks; answers all that is stored then.</summary>
    private static async Task<string> CountAsync(byte[] bytes, Func<UsageDatabase, ImportRun, UsageImport, Stream, Task> turnAsync)
    {
        using var database = await UsageDatabase.CreateAsync();
        var store = new ImportStore(database, () => ModelCatalog.Embedded);
        await store.SaveAsync(new UsageImport
        {
            Id = "imp_1", Status = UsageImportStatus.Running, Format = "csv", Node = "n", TimeZone = "UTC", CreatedAt = From.AddDays(27), Bytes = bytes.Length,
        }, Token);
        while ((await store.FindAsync("imp_1", Token))! is { Status: not UsageImportStatus.Completed } import)
        {
            using var file = new MemoryStream(bytes);
            var run = new ImportRun(new ImportStore(database, () => ModelCatalog.Embedded), TimeProvider.System) { ChunkRows = 300, ReportRows = 110, PartRollups = 40 };
            await turnAsync(database, run, import with { Status = UsageImportStatus.Running }, file);
        }

        var done = (await store.FindAsync("imp_1", Token))!;
        Assert.Equal((2_000, 1, 2_000, 1.0), (done.RowsImported, done.RowsRejected, done.Requests, done.Progress));
        Assert.Equal(902, done.Errors[0].Line);
        Assert.Equal(2_000, (await database.ListAsync<UsageRollup>()).Sum(r => r.Requests));
        Assert.Equal(4_000, (await database.ListAsync<UsageDay>()).Sum(r => r.Requests)); // by series and by user
        return string.Join('\n', (await database.ListAsync<UsageRollup>()).Select(r => $"{r.Hour:O} {r.Feature} {Figures(r)}").Concat(
            (await database.ListAsync<UsageDay>()).Select(r => $"{r.Day:O} {r.Feature} {r.User} {Figures(r)} {Convert.ToHexString(r.HourRequests)}")).Order(StringComparer.Ordinal));
    }

    private static UsageImport Running(string id, string node) => new()
    {
        Id = id, Status = UsageImportStatus.Running, Format = "csv", Node = node, TimeZone = "UTC", CreatedAt = From.AddDays(27), Bytes = 100,
    };

    private static string Figures(RollupFigures sum) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sum.Requests} {sum.InputTokens} {sum.OutputTokens} {sum.Cost:0.######} {sum.MaxContext} {Convert.ToHexString(sum.ContextHistogram)} {Convert.ToHexString(sum.LatencyHistogram)}");

    private static async Task<JsonNode> PostAsync(GateflowHost host, string text, string query = "")
    {
        using var content = new StringContent(text, Encoding.UTF8, "text/csv");
        using var answer = await host.Client.PostAsync(new Uri("/v1/management/usage/import?wait=true" + query, UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
    }
}
