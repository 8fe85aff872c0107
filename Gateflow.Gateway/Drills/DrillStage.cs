using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Drills;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace Gateflow.Gateway.Drills;

/// <summary>What became of one synthetic request.</summary>
internal readonly record struct DrillAnswer(int Status, bool OnTarget, string? Model);

/// <summary>
/// A second data plane beside the real one, made of the very same classes: pipeline, forwarder, breakers, judge and brakes of its own, one route, and
/// one provider that answers everything itself. Nothing of it is shared with what callers use, so a drill can touch neither requests nor providers nor
/// numbers; recorder, meters and alerts lead nowhere.
/// </summary>
internal sealed class DrillStage : IDisposable
{
    private const string Secret = "gw_drill";

    private readonly ServiceProvider _services;
    private readonly RequestPipeline _pipeline;
    private readonly string _source;

    public DrillStage(DrillPlan plan, DrillClock clock, DrillProvider provider)
    {
        _source = plan.Source.Id;
        Routes = Routes.Standing(Table(plan));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>(); // a drill is not told of the program's end
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(Judge);
        services.AddSingleton(new Recorder { Enabled = false });
        services.AddSingleton<IMeterFactory, NoMeters>();
        services.AddSingleton(new OutboundConnections(provider, provider));
        services.AddSingleton<RouteReader>(() => Routes.Current);
        services.AddGateway();
        _services = services.BuildServiceProvider();
        _pipeline = _services.GetRequiredService<RequestPipeline>();
    }

    public Judge Judge { get; } = new();

    public Routes Routes { get; }

    /// <summary>Sends one request for the source model through the pipeline; each number is a user of its own.</summary>
    public async Task<DrillAnswer> SendAsync(int number, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $$"""{"model":{{System.Text.Json.JsonSerializer.Serialize(_source)}},"user":"drill-{{number}}","messages":[{"role":"user","content":"Drill {{number}}."}]}"""));
        using var received = new MemoryStream(body, writable: false);
        using var sent = new MemoryStream();
        var http = new DefaultHttpContext { RequestAborted = cancellationToken };
        http.Request.Method = HttpMethods.Post;
        http.Request.Path = "/v1/chat/completions";
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = body.Length;
        http.Request.Body = received;
        http.Request.Headers.Authorization = $"Bearer {Secret}";
        http.Request.Headers.TraceParent = "00-d0000000000000000000000000000000-d000000000000000-00"; // not sampled: no span of a drill is told
        http.Response.Body = sent;
        await _pipeline.HandleAsync(http, CallerProtocols.Chat);
        var headers = http.Response.Headers;
        return new DrillAnswer(http.Response.StatusCode, headers["x-gateflow-arm"] == "target", headers["x-gateflow-model"]);
    }

    public void Dispose()
    {
        _services.Dispose();
        Routes.Dispose();
    }

    /// <summary>
    /// The migration's route alone. Failures go to the target's arm: all of the requests, or half where the guardrail compares the arms. Every request has
    /// a unit of its own and is in scope, whatever the migration says of units and scope: a drill asks how failures are detected, not whose they are.
    /// </summary>
    private static RouteTable Table(DrillPlan plan) => new()
    {
        Version = 1,
        Models = new[] { Route(plan.Source, DrillProvider.SourceHost), Route(plan.Target, DrillProvider.TargetHost) }.ToFrozenDictionary(r => r.Id, StringComparer.Ordinal),
        Keys = new Dictionary<KeyHash, KeyEntry> { [KeyHash.Of(Secret)] = new() { Id = "key_drill", Name = "drill", Role = Role.Application } }.ToFrozenDictionary(),
        Migrations = new Dictionary<string, MigrationRoute[]>
        {
            [plan.Source.Id] =
            [
                new MigrationRoute
                {
                    MigrationId = plan.MigrationId,
                    SourceModel = plan.Source.Id,
                    TargetModel = plan.Target.Id,
                    Weight = Weight(plan.Kind) * 100,
                    StickyBy = StickyBy.User,
                    Shims = plan.Config.Shims,
                },
            ],
        }.ToFrozenDictionary(StringComparer.Ordinal),
    };

    /// <summary>Percentage of the drill's requests on the target.</summary>
    public static int Weight(DrillKind kind) => kind == DrillKind.Error ? 100 : 50;

    private static ModelRoute Route(ModelRoute real, string host) => new(
        real.Id,
        [new ModelEndpoint(new ProviderEndpoint { Name = host, Type = ProviderType.OpenAICompatible, BaseUrl = new Uri($"http://{host}/v1") }, real.Id)],
        real.Facts);

    /// <summary>Meters that nobody listens to.</summary>
    private sealed class NoMeters : IMeterFactory
    {
        private readonly List<Meter> _made = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter("Gateflow.Drill");
            _made.Add(meter);
            return meter;
        }

        public void Dispose() => _made.ForEach(static meter => meter.Dispose());
    }
}
