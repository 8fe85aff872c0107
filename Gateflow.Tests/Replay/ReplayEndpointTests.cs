using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Replay;

public sealed class ReplayEndpointTests
{
    private const string Tests = $"/v1/management/migrations/{ReplayBench.MigrationId}/test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Usual_AnswersTheSeedsShape()
    {
        await using var api = await Api.StartAsync();
        await api.Bench.StoreAsync(25);

        var (status, test) = await api.PostAsync(Tests, new { target_model = ReplayBench.Target, test_requests = 100, source = "recent_production" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("test_", test.GetProperty("test_id").GetString(), StringComparison.Ordinal);
        Assert.Equal(("completed", 1.0, 25, 25), (test.GetProperty("status").GetString(), test.GetProperty("progress").GetDouble(), test.GetProperty("done").GetInt32(), test.GetProperty("planned").GetInt32()));
        var results = test.GetProperty("results");
        Assert.Equal(25, results.GetProperty("requests_tested").GetInt32());
        Assert.Equal(ReplayBench.Source, results.GetProperty("source_model").GetProperty("model").GetString());
        Assert.True(results.GetProperty("target_model").GetProperty("avg_latency_ms").GetDouble() > 0);
        Assert.True(results.GetProperty("target_model").GetProperty("avg_cost").GetDecimal() > 0);
        var quality = results.GetProperty("quality_comparison");
        Assert.All(
            ["semantic_similarity", "output_length_ratio", "format_match"],
            name => Assert.InRange(quality.GetProperty(name).GetDouble(), quality.GetProperty($"{name}_interval").GetProperty("low").GetDouble(), quality.GetProperty($"{name}_interval").GetProperty("high").GetDouble()));
        Assert.Equal("lexical", quality.GetProperty("similarity_method").GetString());
        Assert.Equal("proceed", results.GetProperty("recommendation").GetString());
        Assert.NotEqual(0, results.GetProperty("reasons").GetArrayLength());
        Assert.Equal(test.ToString(), (await api.GetAsync($"{Tests}/{test.GetProperty("test_id").GetString()}")).Body.ToString());
    }

    [Fact]
    public async Task Post_NoWait_Is202AndCancelEndsIt()
    {
        await using var api = await Api.StartAsync();
        await api.Bench.StoreAsync(3);
        await api.Bench.Provider.SetAsync(ReplayBench.Target, new { timeout_rate = 1.0 });

        var (status, test) = await api.PostAsync(Tests + "?wait=false", new { target_model = ReplayBench.Target });
        var at = $"{Tests}/{test.GetProperty("test_id").GetString()}";

        Assert.Equal((HttpStatusCode.Accepted, "running", 0.0), (status, test.GetProperty("status").GetString(), test.GetProperty("progress").GetDouble()));
        Assert.False(test.TryGetProperty("results", out _));
        Assert.Equal("test_running", (await api.PostAsync(Tests, new { target_model = ReplayBench.Target })).Body.GetProperty("error").GetProperty("code").GetString());
        var cancelled = await api.PostAsync(at + "/cancel", new { });
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (cancelled.Status, cancelled.Body.GetProperty("status").GetString()));
        Assert.Equal(HttpStatusCode.Conflict, (await api.PostAsync(at + "/cancel", new { })).Status);
    }

    [Fact]
    public async Task Post_WaitTrue_AnswersWhenDone()
    {
        await using var api = await Api.StartAsync();
        await api.Bench.StoreAsync(3);
        await api.Bench.Provider.SetAsync(ReplayBench.Target, new { latency_ms = 300, latency_sigma = 0 });

        var (status, test) = await api.PostAsync(Tests + "?wait=true", new { target_model = ReplayBench.Target });

        Assert.Equal((HttpStatusCode.OK, "completed"), (status, test.GetProperty("status").GetString()));
        Assert.InRange(test.GetProperty("results").GetProperty("target_model").GetProperty("avg_latency_ms").GetDouble(), 299, 5000);
    }

    [Fact]
    public async Task Post_LongerThanThirtySeconds_Is202()
    {
        var clock = new SignalledClock();
        await using var api = await Api.StartAsync(clock);
        await api.Bench.StoreAsync(3);
        await api.Bench.Provider.SetAsync(ReplayBench.Target, new { timeout_rate = 1.0 });

        var posting = api.PostAsync(Tests, new { target_model = ReplayBench.Target });
        await clock.Waiting.WaitAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(posting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(HttpStatusCode.Accepted, (await posting).Status);
    }

    [Fact]
    public async Task Post_Wrong_Is422WithTheField()
    {
        await using var api = await Api.StartAsync();
        (string Body, string Param)[] cases =
        [
            ("""{"target_model":"gpt-4o","test_requests":0}""", "test_requests"),
            ("""{"target_model":"gpt-4o","test_requests":1001}""", "test_requests"),
            ("""{"target_model":"gpt-4o","test_requests":"many"}""", "test_requests"),
            ("""{"target_model":"gpt-4o","source":"dataset"}""", "dataset_id"),
            ("""{"target_model":"gpt-4o","dataset_id":"ds_1"}""", "dataset_id"),
            ("""{"target_model":"gpt-4o","concurrency":0}""", "concurrency"),
            ("""{"target_model":"gpt-4o","compare":"guessed"}""", "compare"),
            ("""{"target_model":"gpt-4o","similarity":"embedding"}""", "embedding_model"),
            ("""{"target_model":"gpt-4o","similarity":"embedding","embedding_model":"gpt-4o"}""", "embedding_model"),
            ("""{"target_model":"gpt-4o","judge_rubric":"be kind"}""", "judge_rubric"),
            ("""{"target_model":"gpt-4o","judge_model":"gpt-0"}""", "judge_model"),
            ("""{"target_model":"gpt-4o","compare":"recorded"}""", "source"),
            ("""{"target_model":"gpt-4o","max_cost":-1}""", "max_cost"),
            ("""{"target_model":"gpt-4-turbo"}""", "target_model"),
            ("""{"target_model":"gpt-4o"}""", "source"),
        ];

        foreach (var (body, param) in cases)
        {
            var (status, answer) = await api.PostAsync(Tests, JsonElement.Parse(body));

            Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, answer.GetProperty("error").GetProperty("param").GetString()));
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await api.PostAsync(Tests + "?wait=maybe", new { target_model = ReplayBench.Target })).Status);
    }

    [Fact]
    public async Task Pairs_Pages_HoldEachPairOnceWithTextsAndRating()
    {
        await using var api = await Api.StartAsync();
        await api.Bench.StoreAsync(7, "chat");
        var at = $"{Tests}/{(await api.PostAsync(Tests, new { target_model = ReplayBench.Target })).Body.GetProperty("test_id").GetString()}";

        var first = (await api.GetAsync(at + "/pairs?limit=5&sort=most_different")).Body;
        var second = (await api.GetAsync($"{at}/pairs?limit=5&sort=most_different&cursor={first.GetProperty("next_cursor").GetString()}")).Body;

        JsonElement[] pairs = [.. first.GetProperty("data").EnumerateArray(), .. second.GetProperty("data").EnumerateArray()];
        Assert.Equal(7, pairs.Select(p => p.GetProperty("sample_id").GetString()).Distinct().Count());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        var similarities = pairs.Select(p => p.GetProperty("similarity").GetDouble()).ToList();
        Assert.Equal(similarities.Order(), similarities);
        Assert.StartsWith("Please explain topic number", pairs[0].GetProperty("prompt").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat", pairs[0].GetProperty("feature").GetString());
        Assert.NotEmpty(pairs[0].GetProperty("source").GetProperty("text").GetString()!);
        Assert.True(pairs[0].GetProperty("target").GetProperty("output_tokens").GetInt32() > 0);

        var pair = $"{at}/pairs/{pairs[0].GetProperty("pair_id").GetString()}/rating";
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync(pair, new { rating = "worse" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await api.PutAsync(pair, new { rating = "bad" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await api.PutAsync(pair, new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PutAsync($"{at}/pairs/pair_0/rating", new { rating = "same" })).Status);
        var rated = (await api.GetAsync(at + "/pairs?sort=most_different&limit=1")).Body.GetProperty("data")[0];
        Assert.Equal("worse", rated.GetProperty("rating").GetString());
    }

    [Fact]
    public async Task Get_UnknownTest_Is404()
    {
        await using var api = await Api.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Tests + "/test_0")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Tests + "/test_0/pairs")).Status);
    }

    [Fact]
    public async Task Routes_ThatChange_AskForAnOperator()
    {
        await using var api = await Api.StartAsync();

        var changing = api.Endpoints.Where(e => !e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Contains("GET")).ToList();

        Assert.Equal(4, changing.Count);
        Assert.All(changing, e => Assert.Contains(e.Metadata.GetOrderedMetadata<IAuthorizeData>(), a => a.Policy == Policies.Operator));
    }

    /// <summary>Stands still, and tells when somebody waits for 30 s to pass.</summary>
    private sealed class SignalledClock : FakeTimeProvider
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == TimeSpan.FromSeconds(30))
            {
                _waiting.TrySetResult();
            }

            return timer;
        }
    }

    /// <summary>The routes over real HTTP, with the services of a bench and without sign-in.</summary>
    private sealed class Api : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly HttpClient _client;

        private Api(ReplayBench bench, WebApplication app)
        {
            (Bench, _app) = (bench, app);
            _client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        }

        public ReplayBench Bench { get; }

        public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints);

        public static async Task<Api> StartAsync(TimeProvider? clock = null)
        {
            var bench = await ReplayBench.StartAsync();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddSingleton(clock ?? TimeProvider.System).AddSingleton(_ => bench.Reader).AddSingleton(_ => bench.Pairs).AddSingleton(_ => bench.Estimates).AddSingleton(_ => bench.Runner);
            builder.Services.AddAuthorizationBuilder().AddPolicy(Policies.Operator, p => p.RequireAssertion(_ => true));
            var app = builder.Build();
            app.UseAuthorization();
            app.MapGroup("/v1/management").MapReplay();
            await app.StartAsync(Token);
            return new Api(bench, app);
        }

        public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body) => await ReadAsync(await _client.PostAsJsonAsync(path, body, Token));

        public async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string path, object body) => await ReadAsync(await _client.PutAsJsonAsync(path, body, Token));

        public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path) => await ReadAsync(await _client.GetAsync(path, Token));

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _app.StopAsync(CancellationToken.None);
            await Bench.DisposeAsync();
            await _app.DisposeAsync();
        }

        private static async Task<(HttpStatusCode, JsonElement)> ReadAsync(HttpResponseMessage response)
        {
            using (response)
            {
                return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
            }
        }
    }
}
