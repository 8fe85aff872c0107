using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Forwarding;

/// <summary>
/// Reads as much of an answer as must be seen before a byte of it goes to the caller: whole answers whole (up to a limit), so that one that
/// breaks off or is no JSON can still be replaced; of a stream the first bytes; of an error its body.
/// </summary>
internal static class AnswerHead
{
    /// <summary>Longest whole answer that is held back, bytes.</summary>
    public const int MaxWhole = 1024 * 1024;

    /// <summary>Longest whole answer that is translated, bytes.</summary>
    public const int MaxTranslated = 32 * 1024 * 1024;

    private const int MaxError = 64 * 1024;
    private const int StreamPiece = 4 * 1024;

    /// <summary>How long a stream that thinks without telling can still be replaced; proxies before callers cut a silence of a minute.</summary>
    private static readonly TimeSpan LongestThought = TimeSpan.FromSeconds(20);

    /// <summary>Sets result, received bytes and facts of a call whose headers are there.</summary>
    public static async ValueTask ReadAsync(ProviderCall call)
    {
        var response = call.Response!;
        var content = response.Content.Headers;
        call.RetryAfter = RetryAfter.Of(response);
        if (!response.IsSuccessStatusCode)
        {
            await FillAsync(call, MaxError, content.ContentLength);
            call.Result = call.Candidate.Adapter.Classify(call.Status, call.Received!.Span);
            call.RetryAfter ??= call.Candidate.Adapter.ReadRetryAfter(call.Received.Span);
            return;
        }

        call.IsStream = call.Candidate.Adapter.IsStream(content.ContentType?.MediaType);
        await (call.IsStream
            ? call.Translated is { } answer ? ReadBeginningAsync(call, answer) : ReadFirstAsync(call)
            : ReadWholeAsync(call, content.ContentLength));
    }

    private static async ValueTask ReadWholeAsync(ProviderCall call, long? announced)
    {
        await FillAsync(call, call.Translated is null ? MaxWhole : MaxTranslated, announced);
        if (call.HasRest)
        {
            call.Result = call.Translated is null ? AttemptResult.Ok : AttemptResult.ServerError;
            return;
        }

        call.Arrived();
        var body = call.Received!.Span;
        var marks = default(AnswerMarks);
        var good = call.Translated?.ReadWhole(body, call.Facts) ?? call.Candidate.Adapter.TryRead(body, call.Facts, out marks);
        call.Marks = marks;
        call.Result = good && !call.Facts.HasError ? AttemptResult.Ok : AttemptResult.ServerError;
    }

    /// <summary>Reads a stream of another protocol until it says something, so that an error in place of an answer can still be replaced.</summary>
    private static async ValueTask ReadBeginningAsync(ProviderCall call, TranslatedAnswer answer)
    {
        var received = call.Received = new PooledBody(StreamPiece);
        call.HasRest = true;
        while (!answer.HasBegun && !ThinksLong(call, answer) && call.HasRest && received.Length < MaxTranslated)
        {
            var read = await call.ReadAsync(received.Free(1));
            received.Advance(read);
            call.HasRest = read > 0;
            if (!answer.Read(received, call.Facts))
            {
                call.Result = AttemptResult.ServerError;
                return;
            }
        }

        call.Result = answer.Failure is { } failure ? ResultOf(failure)
            : answer.HasBegun || (call.HasRest && ThinksLong(call, answer)) ? AttemptResult.Ok
            : AttemptResult.ConnectionFailed;
    }

    private static bool ThinksLong(ProviderCall call, TranslatedAnswer answer) => answer.HasThought && call.Elapsed >= LongestThought;

    private static AttemptResult ResultOf(Failed failure) => failure.Error.Status == 429 ? AttemptResult.RateLimited : AttemptResult.ServerError;

    private static async ValueTask ReadFirstAsync(ProviderCall call)
    {
        var received = call.Received = new PooledBody(StreamPiece);
        var read = await call.ReadAsync(received.Free(1));
        received.Advance(read);
        call.HasRest = read > 0;
        call.Result = read == 0 ? AttemptResult.ConnectionFailed
            : IsError(received.Span) ? AttemptResult.ServerError
            : AttemptResult.Ok;
    }

    /// <summary>Some servers say 200 and then send an error as the first event.</summary>
    private static bool IsError(ReadOnlySpan<byte> first) =>
        first.StartsWith("data: {\"error\""u8) || first.StartsWith("data:{\"error\""u8) || first.StartsWith("event: error"u8);

    private static async ValueTask FillAsync(ProviderCall call, int limit, long? announced)
    {
        var received = call.Received = new PooledBody((int)Math.Clamp((announced ?? StreamPiece) + 1, 1, 256 * 1024));
        while (received.Length < limit)
        {
            var read = await call.ReadAsync(received.Free(1));
            if (read == 0)
            {
                return;
            }

            received.Advance(read);
        }

        call.HasRest = true;
    }
}
