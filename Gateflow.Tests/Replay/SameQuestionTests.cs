using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Replay;

/// <summary>A question is stored and replayed once, whoever asks it.</summary>
public sealed class SameQuestionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Test_AQuestionOfSeveralUsers_IsStoredAndReplayedOnceAndProvenByTheBodyFirstSent()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var first = Body("anna", "Where is my parcel?");
        await AskAsync(application, first);
        await RecordedAsync(gateflow, 1);
        await AskAsync(application, Body("bob", "Where is my parcel?")); // asked of the database
        await AskAsync(application, Body("carl", "How do I return shoes?"));
        await AskAsync(application, Body("dora", "How do I return shoes?")); // perhaps in the same batch
        await RecordedAsync(gateflow, 4);

        var samples = await SamplesAsync(gateflow);
        Assert.Equal(2, samples.Count);
        Assert.Contains(samples, s => s.BodyHash.AsSpan().SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(first))));
        var id = await gateflow.DraftAsync();
        var test = await gateflow.MustAsync(
            "POST", $"/migrations/{id}/test?wait=true", $$"""{"target_model": "{{ManagedGateflow.Target}}", "test_requests": 50, "source": "recent_production"}""");
        var pack = await gateflow.MustAsync("GET", $"/migrations/{id}/report");
        Assert.Equal(
            samples.Select(s => Convert.ToHexStringLower(s.BodyHash)).Order(), pack["tests"]![0]!["samples"]!.AsArray().Select(s => ManagedGateflow.Text(s!, "sha256")).Order());
        var pairs = (await gateflow.MustAsync("GET", $"/migrations/{id}/test/{ManagedGateflow.Text(test, "test_id")}/pairs"))["data"]!.AsArray();
        Assert.Equal(["How do I return shoes?", "Where is my parcel?"], pairs.Select(p => ManagedGateflow.Text(p!, "prompt")).Order());
    }

    [Fact]
    public async Task Samples_QuestionsThatDifferInRedactedDataAlone_AreOne()
    {
        await using var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Samples:Redact"] = "email" });
        using var application = await gateflow.ApplicationAsync();
        await AskAsync(application, Body("anna", "Write to anna@example.com."));
        await AskAsync(application, Body("bob", "Write to bob@example.com."));
        await AskAsync(application, Body("bob", "Do not write to bob@example.com."));
        await RecordedAsync(gateflow, 3);

        Assert.Equal(2, (await SamplesAsync(gateflow)).Count);
    }

    private static string Body(string user, string question) => new JsonObject
    {
        ["model"] = ManagedGateflow.Source, ["user"] = user, ["metadata"] = new JsonObject { ["tenant"] = user },
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
    }.ToJsonString();

    private static async Task AskAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<List<Sample>> SamplesAsync(ManagedGateflow gateflow)
    {
        await using var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        return await db.Samples.AsNoTracking().ToListAsync(Token);
    }

    /// <summary>Samples follow their requests in the same turn of the recorder, so after one turn more they are stored too.</summary>
    private static async Task RecordedAsync(ManagedGateflow gateflow, int requests)
    {
        await gateflow.RecordedAsync(requests);
        await gateflow.Host.Get<RecorderWriter>().RunOnceAsync(Token);
    }
}
