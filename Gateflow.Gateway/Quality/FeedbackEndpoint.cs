using System.Collections.Concurrent;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Quality;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Quality;

/// <summary>
/// <c>POST /v1/feedback {request_id, score: 0..1, comment?}</c>. Each request counts once, for the key that made it. A comment is read past and kept nowhere.
/// </summary>
internal sealed partial class FeedbackEndpoint(GatewayOptions options, RouteReader routes, TimeProvider time, ILogger<FeedbackEndpoint> logger, FeedbackBook? book = null)
{
    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxComment = 4_000;

    /// <summary>Ratings a key may give in a minute.</summary>
    public const int PerMinute = 300;

    private readonly ConcurrentDictionary<string, Minute> _minutes = new(StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext http)
    {
        var now = time.GetUtcNow();
        http.Response.Headers["x-gateflow-request-id"] = Ids.New("req", now);
        if (KeyCheck.Authenticate(http, routes(), now, options.TrustedProxies, out var key) is { } refusal)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        if (!_minutes.GetOrAdd(key.Id, static _ => new Minute()).TryTake(now.UtcTicks / TimeSpan.TicksPerMinute))
        {
            http.Response.Headers.RetryAfter = $"{60 - now.Second}";
            await RefuseAsync(http, new GatewayError(429, "rate_limit_error", "feedback_rate_limited", $"A key may rate {PerMinute} answers a minute. Send the rest later."));
            return;
        }

        var (body, fault) = await BodyReader.ReadAsync(http, MaxBodyBytes);
        using (body)
        {
            var (requestId, score, error) = fault is null ? Read(body!) : ("", 0, fault);
            await (error is null ? AddAsync(http, key.Id, requestId, score) : RefuseAsync(http, error));
        }
    }

    private static (string RequestId, double Score, GatewayError? Error) Read(PooledBody body)
    {
        if (AnswerElement.Parse(body.Span) is not { } root)
        {
            return ("", 0, GatewayError.InvalidJson("The body must be a JSON object: {\"request_id\": \"req_…\", \"score\": 0..1}."));
        }

        var id = root.Text("request_id");
        return id is null ? ("", 0, GatewayError.Missing("request_id"))
            : id.Length is 0 or > 40 ? ("", 0, GatewayError.Invalid("request_id", "the value of a response's header x-gateflow-request-id"))
            : root.Find("score") is not { } given ? ("", 0, GatewayError.Missing("score"))
            : given.ValueKind != JsonValueKind.Number || !given.TryGetDouble(out var score) || score is not (>= 0 and <= 1) ? ("", 0, GatewayError.Invalid("score", "a number from 0 (bad) to 1 (good)"))
            : root.Find("comment") is { } comment && (comment.ValueKind != JsonValueKind.String || comment.GetString()!.Length > MaxComment)
                ? ("", 0, GatewayError.Invalid("comment", $"a text of at most {MaxComment} characters"))
            : (id, score, null);
    }

    private async Task AddAsync(HttpContext http, string keyId, string requestId, double score)
    {
        FeedbackResult result;
        try
        {
            result = book is null ? FeedbackResult.Unknown : await book.AddAsync(requestId, keyId, score, http.RequestAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogAway(fault.GetType().Name);
            http.Response.Headers.RetryAfter = "5";
            await RefuseAsync(http, new GatewayError(503, "api_error", "feedback_unavailable", "Feedback cannot be stored now. Send it again in a few seconds."));
            return;
        }

        await (result switch
        {
            FeedbackResult.Unknown => RefuseAsync(http, new GatewayError(
                404, "invalid_request_error", "request_not_found", "No such request of this key is known: it may be older than the log, or not stored yet (a second). request_id is the header x-gateflow-request-id of the answer.", "request_id")),
            FeedbackResult.Repeated => RefuseAsync(http, new GatewayError(409, "conflict_error", "feedback_exists", "This request was rated before; the first rating stands.", "request_id")),
            _ => WriteAsync(http, requestId, score, result == FeedbackResult.Counted),
        });
    }

    private static Task WriteAsync(HttpContext http, string requestId, double score, bool counted)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentType = "application/json";
        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["object"] = "feedback", ["request_id"] = requestId, ["score"] = score, ["counted"] = counted, ["comment_stored"] = false,
        });
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }

    private Task RefuseAsync(HttpContext http, GatewayError error) => ErrorWriter.WriteAsync(http, error, options.ErrorDocumentation);

    [LoggerMessage(LogLevel.Warning, "Feedback was not stored: {Kind}")]
    private partial void LogAway(string kind);

    /// <summary>Ratings of one key in the running minute. There are no more of them than keys.</summary>
    private sealed class Minute
    {
        private readonly Lock _gate = new();
        private long _minute;
        private int _taken;

        public bool TryTake(long minute)
        {
            lock (_gate)
            {
                (_minute, _taken) = minute == _minute ? (_minute, _taken + 1) : (minute, 1);
                return _taken <= PerMinute;
            }
        }
    }
}
