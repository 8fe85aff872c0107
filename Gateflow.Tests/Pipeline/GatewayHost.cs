using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Pipeline;

/// <summary>The data plane on a real port with a route table made by hand and no database, before one fake provider.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Key = "gw_prod_test";
    public const string MigrationId = "mig_1";

    /// <summary>The time limit of gpt-4's provider.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private WebApplication? _app;

    private GatewayHost(FakeUpstream upstream) => Upstream = upstream;

    public FakeUpstream Upstream { get; }

    public HttpClient Client { get; } = new() { DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };

    public RouteTable Table { get; set; } = RouteTable.Empty;

    public Recorder Recorder { get; } = new();

    /// <summary>Keeps what it is told of, as on a node of several.</summary>
    public Judge Judge { get; } = new() { FeedsFleet = true };

    /// <summary>What people are told of.</summary>
    public AlertBell Bell { get; } = new();

    /// <summary>What is logged.</summary>
    public RecordedLog Log { get; } = new();

    /// <summary>Starts upstream and gateway. gpt-4 and gpt-4o are served, gpt-dead is known only.</summary>
    /// <param name="weight">Weight of a running migration gpt-4 → gpt-4o in hundredths of a percent; null for none.</param>
    /// <param name="timeout">The time limit of gpt-4o; the default, and that of gpt-4, is 10 s.</param>
    /// <param name="configure">The gateway's options.</param>
    /// <param name="time">The gateway's clock.</param>
    /// <param name="provider">Another provider than the fake one.</param>
    /// <param name="before">What stands before the gateway.</param>
    public static async Task<GatewayHost> StartAsync(
        int? weight = null, TimeSpan? timeout = null, Action<GatewayOptions>? configure = null, TimeProvider? time = null, Uri? provider = null, Action<WebApplication>? before = null)
    {
        var upstream = await FakeUpstream.StartAsync();
        var host = new GatewayHost(upstream) { Table = CreateTable(provider ?? upstream.BaseUrl, weight, timeout ?? Limit, provider is null ? "gpt-4o-upstream" : "gpt-4o") };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(host.Log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<RouteReader>(() => host.Table);
        builder.Services.AddSingleton(host.Recorder);
        builder.Services.AddSingleton(host.Judge);
        builder.Services.AddSingleton(host.Bell);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddGateway(configure);
        var app = builder.Build();
        before?.Invoke(app);
        app.UseGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        host._app = app;
        host.Client.BaseAddress = new Uri(app.Urls.Single());
        return host;
    }

    public static MigrationRoute Migration(int weight, StickyBy stickyBy = StickyBy.Auto, string source = "gpt-4", string target = "gpt-4o") => new()
    {
        MigrationId = MigrationId,
        SourceModel = source,
        TargetModel = target,
        Weight = weight,
        StickyBy = stickyBy,
    };

    public void Route(params MigrationRoute[] migrations) => Table = Table with
    {
        Migrations = migrations.GroupBy(m => m.SourceModel).ToFrozenDictionary(g => g.Key, g => g.ToArray()),
    };

    /// <summary>Serves a model at a provider of any kind, in place of who served it; what the catalog knows of it counts.</summary>
    /// <param name="model">The id that callers use, and the provider too unless <paramref name="upstream"/> is given.</param>
    /// <param name="type">The kind of provider; its name is the type's in small letters.</param>
    /// <param name="baseUrl">What the provider's official SDK takes; the fake provider's by default.</param>
    /// <param name="upstream">The provider's own name of the model.</param>
    /// <param name="change">What else the provider needs: region, version, credentials.</param>
    public void Serve(string model, ProviderType type, Uri? baseUrl = null, string? upstream = null, Func<ProviderEndpoint, ProviderEndpoint>? change = null, CatalogModel? facts = null)
    {
        var provider = new ProviderEndpoint
        {
            Name = type.ToString().ToLowerInvariant(),
            Type = type,
            BaseUrl = baseUrl ?? Upstream.BaseUrl,
            ApiKey = "sk-provider",
            Timeout = TimeSpan.FromSeconds(10),
        };
        var endpoint = new ModelEndpoint(change?.Invoke(provider) ?? provider, upstream ?? model) { Facts = facts };
        Table = Table with
        {
            Models = Table.Models.Append(new(model, new ModelRoute(model, [endpoint], ModelCatalog.Embedded.Find(model)))).ToLookup(m => m.Key, m => m.Value)
                .ToFrozenDictionary(m => m.Key, m => m.Last()),
        };
    }

    /// <summary>Lets the key ask for these models only.</summary>
    public void Restrict(params string[] models) => Change(key => key with { AllowedModels = models });

    /// <summary>Changes the key.</summary>
    public void Change(Func<KeyEntry, KeyEntry> change) => Table = Table with { Keys = Table.Keys.ToFrozenDictionary(k => k.Key, k => change(k.Value)) };

    public T Get<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public Task<HttpResponseMessage> PostAsync(string body, params (string Name, string Value)[] headers) => PostToAsync("/v1/chat/completions", body, headers);

    public Task<HttpResponseMessage> PostToAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static string Chat(string model = "gpt-4", string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello there"}]{{more}}}""";

    /// <summary>The one record written since the last call; waits for it.</summary>
    public Task<RequestRecord> RecordAsync() => Recorder.TakeAsync(TestContext.Current.CancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static RouteTable CreateTable(Uri baseUrl, int? weight, TimeSpan timeout, string target)
    {
        var provider = new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = baseUrl, ApiKey = "sk-provider", Timeout = Limit };
        var facts = CatalogModel.Unknown("openai", "gpt-4") with
        {
            DeprecatedOn = new DateOnly(2026, 1, 2),
            RetiresOn = new DateOnly(2026, 12, 24),
            Replacements = ["gpt-4o"],
            Released = new DateOnly(2023, 3, 14),
        };
        var gpt4 = new ModelRoute("gpt-4", [new ModelEndpoint(provider, "gpt-4")], facts);
        var gpt4o = new ModelRoute("gpt-4o", [new ModelEndpoint(provider with { Timeout = timeout }, target)], null);
        var dead = new ModelRoute("gpt-dead", [], facts with { Id = "gpt-dead" });
        return new RouteTable
        {
            Models = new Dictionary<string, ModelRoute>
            {
                ["gpt-4"] = gpt4, ["openai/gpt-4"] = gpt4, ["gpt-4o"] = gpt4o, ["openai/gpt-4o"] = gpt4o, ["gpt-dead"] = dead,
            }.ToFrozenDictionary(),
            Aliases = new Dictionary<string, string> { ["fast"] = "gpt-4o" }.ToFrozenDictionary(),
            Keys = new[]
            {
                new KeyEntry { Id = "key_1", Name = "app", Role = Role.Application, Feature = "chat" },
            }.ToFrozenDictionary(_ => KeyHash.Of(Key)),
            Migrations = weight is { } w
                ? new Dictionary<string, MigrationRoute[]> { ["gpt-4"] = [Migration(w)] }.ToFrozenDictionary()
                : FrozenDictionary<string, MigrationRoute[]>.Empty,
        };
    }
}
