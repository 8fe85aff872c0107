using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Sends replayed requests straight to providers: not through the gateway, so that they count as nobody's usage and meet no migration.</summary>
internal sealed class ReplayClient(TimeProvider clock, OutboundConnections connections)
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

        for (var attempt = 0; ; attempt++)
        {
            var (answer, wait) = await TryAsync(model, request, cancellationToken);
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // what compares answers must not keep a socket's thread
            if (wait is null || attempt == LimitRetries)
            {
                return answer;
            }

            await Task.Delay(wait.Value, clock, cancellationToken);
        }
    }

    private async Task<(ReplayAnswer Answer, TimeSpan? Wait)> TryAsync(ModelRoute model, DirectRequest what, CancellationToken cancellationToken)
    {
        var provider = model.Endpoints[0].Provider;
        using var limit = new CancellationTokenSource(provider.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var started = clock.GetTimestamp();
        try
        {
            using var request = await what.CreateAsync(clock.GetUtcNow(), either.Token);
            using var response = await connections.SendAsync(provider, request, either.Token);
            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            var latency = clock.GetElapsedTime(started).TotalMilliseconds;
            return response.IsSuccessStatusCode
                ? (Answer(what.Read(bytes), model.Facts, latency), null)
                : (ReplayAnswer.Failed(ReplayError.Words((int)response.StatusCode, bytes)), Wait(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ReplayAnswer.Failed($"no answer within {provider.Timeout.TotalSeconds:0.#} s"), null);
        }
        catch (ProviderSetupException fault)
        {
            return (ReplayAnswer.Failed(fault.Message), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (ReplayAnswer.Failed("the connection failed"), null);
        }
    }

    private static ReplayAnswer Answer(DirectAnswer? answer, CatalogModel? facts, double latencyMs) =>
        answer is null ? ReplayAnswer.Failed("the answer cannot be read") : new ReplayAnswer
        {
            Text = answer.Text,
            CallsTools = answer.CallsTools,
            LatencyMs = latencyMs,
            OutputTokens = answer.OutputTokens,
            Cost = answer is { InputTokens: { } input, OutputTokens: { } output } ? facts?.Cost(input, answer.CachedTokens, output) : null,
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
