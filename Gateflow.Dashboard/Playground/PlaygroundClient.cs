using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Fleet;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Hosting.Server;

namespace Gateflow.Dashboard.Playground;

/// <summary>
/// Asks models as an application would: over HTTP, by this process's own gateway, with a key. So adapters, limits, log and cost are those of every request. Nothing
/// that is typed or answered is kept.
/// </summary>
public sealed partial class PlaygroundClient(
    PlaygroundKey key, ModelDirectory models, Settings settings, IServer server, TimeProvider clock, ILogger<PlaygroundClient> logger) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>False where this node runs without a gateway: then nothing can be asked from its pages.</summary>
    public bool HasGateway => settings.Roles.HasFlag(NodeRoles.Gateway);

    public void Dispose() => http.Dispose();

    /// <summary>Asks one model and fills in its side as the answer comes; every outcome ends in the side, none in an exception.</summary>
    /// <param name="side">Filled in.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Stops the answer; what came until then stays.</param>
    public async Task AskAsync(PlaygroundSide side, PlaygroundRequest request, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(side);
        ArgumentNullException.ThrowIfNull(request);
        LogAsked(actor, models.Routes.ContainsKey(side.Model) ? side.Model : "an unknown model");
        var started = clock.GetTimestamp();
        try
        {
            if (!HasGateway || OwnAddress.Of(server) is not { } address)
            {
                Fail(side, "This node has no gateway (Gateflow:Roles): open the dashboard of a node that has one.");
                return;
            }

            var (body, notes) = request.For(side.Model, models);
            side.Notes = notes;
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "v1/chat/completions")) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await key.SecretAsync(actor, cancellationToken));
            started = clock.GetTimestamp();
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            side.RequestId = Header(response, "x-gateflow-request-id");
            side.Provider = Header(response, "x-gateflow-provider");
            if (!response.IsSuccessStatusCode)
            {
                Fail(side, await RefusalAsync(response, cancellationToken));
                return;
            }

            await ReadAsync(side, response, started, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            side.State = PlaygroundState.Stopped;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            Fail(side, "The answer broke off.");
        }
        finally
        {
            side.TotalMs = clock.GetElapsedTime(started).TotalMilliseconds;
            side.Cost = side is { InputTokens: { } input, OutputTokens: { } output } ? models.Routes.GetValueOrDefault(side.Model)?.Facts?.Cost(input, side.CachedTokens ?? 0, output) : null;
        }
    }

    private async Task ReadAsync(PlaygroundSide side, HttpResponseMessage response, long started, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal))
            {
                continue;
            }

            var data = line[5..].Trim();
            if (data == "[DONE]")
            {
                side.State = PlaygroundState.Done;
                return;
            }

            if (JsonNode.Parse(data) is JsonObject chunk && !Take(side, chunk, started))
            {
                return;
            }
        }

        if (side.State != PlaygroundState.Failed)
        {
            Fail(side, "The answer broke off.");
        }
    }

    /// <summary>Takes one event of the stream; false when it ends with an error.</summary>
    private bool Take(PlaygroundSide side, JsonObject chunk, long started)
    {
        if (chunk["error"] is JsonObject error)
        {
            Fail(side, Text(error["message"]) ?? "The answer broke off.");
            return false;
        }

        if (chunk["usage"] is JsonObject usage)
        {
            (side.InputTokens, side.OutputTokens) = (Number(usage["prompt_tokens"]), Number(usage["completion_tokens"]));
            side.CachedTokens = Number((usage["prompt_tokens_details"] as JsonObject)?["cached_tokens"]);
        }

        if ((chunk["choices"] as JsonArray)?.FirstOrDefault() is JsonObject choice)
        {
            side.Finish = Text(choice["finish_reason"]) ?? side.Finish;
            if (Text((choice["delta"] as JsonObject)?["content"]) is { Length: > 0 } more)
            {
                side.FirstTokenMs ??= clock.GetElapsedTime(started).TotalMilliseconds;
                side.State = PlaygroundState.Answering;
                side.Append(more);
            }
        }

        return true;
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        try
        {
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return Text((body as JsonObject)?["error"]?["message"]) is { } message ? $"{status}: {message}" : $"The gateway answered {status}.";
        }
        catch (JsonException)
        {
            return $"The gateway answered {status}.";
        }
    }

    private static void Fail(PlaygroundSide side, string error) => (side.State, side.Error) = (PlaygroundState.Failed, error);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static long? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    [LoggerMessage(LogLevel.Information, "{Actor} asked {Model} from the playground")]
    private partial void LogAsked(string actor, string model);
}
