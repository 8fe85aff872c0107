using System.Net;
using Gateflow.Core.Providers;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a provider sent back.</summary>
/// <param name="Body">Null when there is an error.</param>
/// <param name="Error">Never holds content.</param>
/// <param name="LatencyMs">To the last byte.</param>
/// <param name="MayBeBilled">There is an error, and the provider may have answered all the same.</param>
internal readonly record struct ReplayReply(byte[]? Body, string? Error, double LatencyMs, bool MayBeBilled = false);

/// <summary>Sends replayed requests straight to providers: not through the gateway, so that they count as nobody's usage and meet no migration.</summary>
internal sealed class ReplayClient(TimeProvider clock, OutboundConnections connections, DirectFormat formats)
{
    private const int LargestAnswer = 16 * 1024 * 1024;

    /// <summary>A provider's rate limit is met by the replay, not by the model: it is waited for, this often and this long at most.</summary>
    private const int LimitRetries = 2;

    private static readonly TimeSpan LongestLimit = TimeSpan.FromSeconds(20);

    /// <summary>One answer, or why there is none. Throws only when cancelled.</summary>
    /// <param name="model">Who is asked, at the first of its providers.</param>
    /// <param name="body">The stored request.</param>
    /// <param name="writtenFor">The model that it named.</param>
    /// <param name="shims">Whether it is fitted to the family of a model that it did not name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ReplayAnswer> AskAsync(ModelRoute model, ReplayBody body, ModelRoute writtenFor, bool shims, CancellationToken cancellationToken)
    {
        var (request, refusal) = DirectRequest.Create(body.Bytes, model, writtenFor, shims);
        if (request is null)
        {
            return ReplayAnswer.Failed(refusal!);
        }

        var reply = await SendAsync(model.Endpoints[0].Provider, token => request.CreateAsync(clock.GetUtcNow(), token), cancellationToken, request.Refused);
        return reply.Body is null ? ReplayAnswer.Failed(reply.Error!, reply.MayBeBilled) : Answer(request.Read(reply.Body), model, body, reply.LatencyMs);
    }

    /// <summary>The answer that was stored with a request; null when it cannot be read.</summary>
    public ReplayAnswer? Recorded(byte[] answer, double latencyMs, ModelRoute model, ReplayBody body) =>
        DirectRequest.ReadStored(answer) is { } read ? Answer(read, model, body, latencyMs) : null;

    /// <summary>Sends, waiting for rate limits to pass. Throws only when cancelled.</summary>
    /// <param name="provider">Who is asked.</param>
    /// <param name="create">Writes the request, once for each time that it is sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="refused">Hears of a request that was answered with 401.</param>
    public async Task<ReplayReply> SendAsync(
        ProviderEndpoint provider, Func<CancellationToken, ValueTask<HttpRequestMessage>> create, CancellationToken cancellationToken, Action<HttpRequestMessage>? refused = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (reply, wait) = await TryAsync(provider, create, refused, cancellationToken);
            await SocketThread.LeaveAsync(); // comparing answers is long work
            if (wait is null || attempt == LimitRetries)
            {
                return reply;
            }

            await Task.Delay(wait.Value, clock, cancellationToken);
        }
    }

    private async Task<(ReplayReply Reply, TimeSpan? Wait)> TryAsync(
        ProviderEndpoint provider, Func<CancellationToken, ValueTask<HttpRequestMessage>> create, Action<HttpRequestMessage>? refused, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(provider.WholeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var started = clock.GetTimestamp();
        try
        {
            using var request = await create(either.Token);
            using var response = await connections.SendAsync(provider, request, either.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                refused?.Invoke(request);
            }

            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            var latency = clock.GetElapsedTime(started).TotalMilliseconds;
            return response.IsSuccessStatusCode
                ? (new ReplayReply(bytes, null, latency), null)
                : (Failed(ReplayError.Words((int)response.StatusCode, bytes)), Wait(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (Failed($"no answer within {provider.WholeTimeout.TotalSeconds:0.#} s", mayBeBilled: true), null);
        }
        catch (ProviderSetupException fault)
        {
            return (Failed(fault.Message), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (Failed("the connection failed", mayBeBilled: fault is not HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError }), null);
        }
    }

    private static ReplayReply Failed(string error, bool mayBeBilled = false) => new(null, error, 0, mayBeBilled);

    private ReplayAnswer Answer(DirectAnswer? answer, ModelRoute model, ReplayBody body, double latencyMs) =>
        answer is null ? ReplayAnswer.Failed("the answer cannot be read", mayBeBilled: true) : new ReplayAnswer
        {
            Text = answer.Text,
            CallsTools = answer.Calls.Count > 0,
            Calls = answer.Calls,
            Refused = answer.Refused,
            Truncated = answer.Truncated,
            SchemaValid = formats.IsValid(body.Json, answer),
            LatencyMs = latencyMs,
            OutputTokens = answer.OutputTokens,
            Cost = answer is { InputTokens: { } input, OutputTokens: { } output } ? model.Facts?.Cost(input, answer.CachedTokens, output) : null,
        };

    private TimeSpan? Wait(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.TooManyRequests)
        {
            return null;
        }

        var asked = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - clock.GetUtcNow()) : null;
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestLimit.Ticks)) : TimeSpan.FromSeconds(1);
    }
}
