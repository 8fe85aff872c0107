using System.Net;
using System.Text.Json;
using Gateflow.Gateway.Protocols;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Conformance;

/// <summary>
/// Every protocol of callers before every provider, feature by feature, whole and streamed, over real HTTP before the simulator, which is as strict as the
/// providers are. A feature works, works with a change that the answer names, is left out with the answer naming it, or is refused by name: anything else fails. What was seen is the table of docs/protocols.md.
/// </summary>
public sealed class ConformanceTests
{
    private static readonly (Protocol Protocol, string Name, string Path)[] Callers =
    [
        (Protocol.Chat, "Chat completions", "/v1/chat/completions"),
        (Protocol.Responses, "Responses", "/v1/responses"),
        (Protocol.Messages, "Messages", "/v1/messages"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryProtocol_BeforeEveryProvider_WorksOrSaysWhyNot()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        var matrix = new Matrix([.. Provider.All.Select(p => p.Name)]);
        foreach (var provider in Provider.All)
        {
            provider.Serve(host, simulator);
        }

        foreach (var (protocol, name, path) in Callers)
        {
            foreach (var feature in Feature.All)
            {
                foreach (var provider in Provider.All)
                {
                    var whole = await CellAsync(host, simulator, protocol, path, feature, provider, stream: false);
                    var streamed = await CellAsync(host, simulator, protocol, path, feature, provider, stream: true);
                    matrix.Add(name, feature.Name, provider.Name, whole, streamed);
                }
            }
        }

        foreach (var feature in EmbeddingFeature.All)
        {
            foreach (var provider in Provider.All)
            {
                var cell = await EmbeddingCellAsync(host, simulator, feature, provider);
                matrix.Add("Embeddings", feature.Name, provider.Name, cell, cell);
            }
        }

        Assert.True(matrix.Faults.Count == 0, string.Join("\n\n", matrix.Faults));
        await matrix.CompareAsync(Cancel);
    }

    private static async Task<Cell> CellAsync(
        GatewayHost host, SimulatorHost simulator, Protocol protocol, string path, Feature feature, Provider provider, bool stream)
    {
        if (feature.Request(protocol, provider.Model, stream) is not { } body)
        {
            return Cell.NotInProtocol;
        }

        using var response = await host.PostToAsync(path, body);
        return await CellAsync(response, simulator, provider.Upstream, (text, sent) => feature.Check(Outcome.Read(protocol, text, stream), sent));
    }

    private static async Task<Cell> EmbeddingCellAsync(GatewayHost host, SimulatorHost simulator, EmbeddingFeature feature, Provider provider)
    {
        using var response = await host.PostToAsync("/v1/embeddings", feature.Request(provider.EmbeddingModel));
        return response.StatusCode == HttpStatusCode.BadRequest && provider.Embedder is null
            ? Cell.Refused(Error(await response.Content.ReadAsStringAsync(Cancel)))
            : await CellAsync(response, simulator, provider.Embedder!, (text, sent) => feature.Check(JsonElement.Parse(text), sent));
    }

    private static async Task<Cell> CellAsync(HttpResponseMessage response, SimulatorHost simulator, string upstream, Action<string, string> check)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        if (response.StatusCode == HttpStatusCode.BadRequest && text.Contains("cannot be carried over", StringComparison.Ordinal))
        {
            return Cell.Refused(Error(text));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Cell.Fault($"{(int)response.StatusCode} {text}");
        }

        var changes = response.Headers.TryGetValues("x-gateflow-shims", out var shims) ? string.Join(", ", shims) : null;
        try
        {
            check(text, (await simulator.RequestsAsync(upstream))[^1].GetProperty("body").GetRawText());
        }
        catch (Exception fault)
        {
            return changes is null ? Cell.Fault($"{fault.Message}\n{text}") : Cell.Without(changes);
        }

        return changes is null ? Cell.Works : Cell.Changed(changes);
    }

    private static string Error(string body) => JsonElement.Parse(body).GetProperty("error").GetProperty("message").GetString()!;
}
