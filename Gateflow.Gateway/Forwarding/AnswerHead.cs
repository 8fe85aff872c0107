using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Forwarding;

/// <summary>
/// Reads as much of an answer as must be seen before a byte of it goes to the caller: whole answers whole (up to a limit), so that one that
/// breaks off or is no JSON can still be replaced; of a stream the first bytes; of an error its body.
/// </summary>
internal static class AnswerHead
{
    /// <summary>Longest whole answer that is held back, bytes.</summary>
    public const int MaxWhole = 1024 * 1024;

    private const int MaxError = 64 * 1024;
    private const int StreamPiece = 4 * 1024;

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
            return;
        }

        call.IsStream = content.ContentType?.MediaType == "text/event-stream";
        if (call.IsStream)
        {
            await ReadFirstAsync(call);
            return;
        }

        await FillAsync(call, MaxWhole, content.ContentLength);
        if (call.HasRest)
        {
            call.Result = AttemptResult.Ok;
            return;
        }

        call.Arrived();
        var whole = call.Candidate.Adapter.TryRead(call.Received!.Span, call.Facts, out _) && !call.Facts.HasError;
        call.Result = whole ? AttemptResult.Ok : AttemptResult.ServerError;
    }

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
