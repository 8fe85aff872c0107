using System.Net;
using System.Net.Http.Headers;
using Gateflow.Core.Catalog;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Outbound;

namespace Gateflow.Dashboard.Replay;

/// <summary>Sends replayed requests straight to providers: not through the gateway, so that they count as nobody's usage and meet no migration.</summary>
internal sealed class ReplayClient(TimeProvider clock, OutboundConnections connections)
{
    private const int LargestAnswer = 16 * 1024 * 1024;

    /// <summary>A provider's rate limit is met by the replay, not by the model: it is waited for, this often and this long at most.</summary>
    private const int LimitRetries = 2;

    private static readonly TimeSpan LongestLimit = TimeSpan.FromSeconds(20);

    /// <summary>True for the protocols that it can send.</summary>
    public static bool Speaks(ProviderType type) => type is ProviderType.OpenAI or ProviderType.OpenAICompatible;

    /// <summary>One answer, or why there is none. Throws only when cancelled.</summary>
    public async Task<ReplayAnswer> AskAsync(ModelEndpoint endpoint, CatalogModel? facts, ReplayBody body, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (answer, wait) = await TryAsync(endpoint, facts, body, cancellationToken);
            if (wait is null || attempt == LimitRetries)
            {
                return answer;
            }

            await Task.Delay(wait.Value, clock, cancellationToken);
        }
    }

    private async Task<(ReplayAnswer Answer, TimeSpan? Wait)> TryAsync(
        ModelEndpoint endpoint, CatalogModel? facts, ReplayBody body, CancellationToken cancellationToken)
    {
        var provider = endpoint.Provider;
        using var limit = new CancellationTokenSource(provider.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{provider.BaseUrl.AbsoluteUri.TrimEnd('/')}/chat/completions");
        request.Content = new ByteArrayContent(body.For(endpoint.UpstreamModel));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (provider.ApiKey is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", provider.ApiKey);
        }

        var started = clock.GetTimestamp();
        try
        {
            using var response = await connections.SendAsync(provider, request, either.Token);
            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(either.Token);
            var latency = clock.GetElapsedTime(started).TotalMilliseconds;
            return response.IsSuccessStatusCode
                ? (ChatAnswer.Read(bytes, facts, latency), null)
                : (ReplayAnswer.Failed(ChatAnswer.Error((int)response.StatusCode, bytes)), Wait(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ReplayAnswer.Failed($"no answer within {provider.Timeout.TotalSeconds:0.#} s"), null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (ReplayAnswer.Failed("the connection failed"), null);
        }
    }

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
