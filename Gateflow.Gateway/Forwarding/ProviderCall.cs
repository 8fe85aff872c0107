using System.IO.Compression;
using System.Net.Http.Headers;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Translation;
using Gateflow.Gateway.Usage;

namespace Gateflow.Gateway.Forwarding;

/// <summary>
/// One call of one provider: what it came to, the bytes received so far and, for streams and very long answers, where the rest comes from.
/// Every read has the provider's time limit of its own. A candidate that was passed over is a call that was never sent.
/// </summary>
internal sealed class ProviderCall(Candidate candidate, bool keepContent, TimeProvider time, CancellationToken caller, bool keepCalls = false) : IDisposable
{
    private CancellationTokenSource? _limit;
    private CancellationTokenRegistration _hangUp;
    private HttpRequestMessage? _request;
    private SplicedContent? _content;
    private HttpResponseMessage? _response;
    private Stream? _stream;
    private bool _limited = true;
    private double _firstMs = double.NaN;
    private long _ended;
    private bool _entered;
    private ProviderLimit.Place _place;
    private AttemptResult _told;
    private bool _recordingTaken;

    public Candidate Candidate { get; } = candidate;

    /// <summary>What it came to, so far.</summary>
    public AttemptResult Result { get; set; } = AttemptResult.ConnectionFailed;

    /// <summary>True for a call that asks the model nothing: its end says nothing of the model's health.</summary>
    public bool IsAside { get; init; }

    /// <summary>True when vectors are asked for, which are no tokens.</summary>
    public bool GivesVectors { get; init; }

    /// <summary>Longest wait for the first byte; the provider's own by default.</summary>
    public TimeSpan Patience { get; init; } = candidate.Endpoint.Provider.Timeout;

    /// <summary>True once the provider was called.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>HTTP status of the provider; 0 when it sent none.</summary>
    public int Status { get; private set; }

    /// <summary>The provider's headers; null when it sent none.</summary>
    public HttpResponseMessage? Response => _response;

    /// <summary>True when the answer is a stream of events.</summary>
    public bool IsStream { get; set; }

    /// <summary>The whole answer, the first bytes of a stream, or the body of an error; null when nothing came.</summary>
    public PooledBody? Received { get; set; }

    /// <summary>True when more may come after <see cref="Received"/>.</summary>
    public bool HasRest { get; set; }

    public AnswerFacts Facts { get; } = new(keepContent, keepCalls);

    /// <summary>False when the provider did not say what the answer used, or, of a stream that was cut short, only what Anthropic's begin with: one token or so.</summary>
    public bool TellsUsage => Facts.HasUsage && !(IsStream && Facts.Finish == Finish.None);

    /// <summary>As the provider said; else as much as came, estimated.</summary>
    public int OutputTokens => TellsUsage || GivesVectors
        ? Facts.OutputTokens
        : (int)Math.Min(int.MaxValue, Math.Max(Facts.OutputTokens, TokenEstimate.Of(Facts.ContentLength + Facts.ReasoningLength)));

    /// <summary>Of a whole answer that passes through: where its model stands.</summary>
    public AnswerMarks Marks { get; set; }

    /// <summary>The answer's parts when the caller speaks another protocol; null when bytes pass through.</summary>
    public TranslatedAnswer? Translated { get; private set; } = candidate.PassesThrough ? null : new TranslatedAnswer(candidate.Adapter);

    /// <summary>Keeps the answer's bytes for a comparison; null for nearly all calls.</summary>
    public AnswerRecording? Recording { get; init; }

    /// <summary>What was changed in the request for this provider; null when nothing can have been.</summary>
    public ShimNotes? Notes { get; set; }

    /// <summary>Why the request could not be sent at all; null when it was.</summary>
    public GatewayError? Refusal { get; set; }

    /// <summary>True when the limits configured for the provider kept it from being called.</summary>
    public bool IsLimited => this is { WasAsked: false, Result: AttemptResult.RateLimited, Refusal: null };

    /// <summary>True when the same model was asked once more in other words: its refusal is nobody's failure.</summary>
    public bool IsReworded { get; set; }

    /// <summary>True when it failed for a defect of the gateway, or because the model could not bring this answer to its end: asked again it would again.</summary>
    public bool IsOfRequest => Refusal == GatewayError.Internal || Translated?.Failure is { IsOfRequest: true };

    /// <summary>True when what it came to is its provider's doing.</summary>
    public bool TellsOfHealth => WasAsked && !IsOfRequest;

    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Timestamp of the call's start.</summary>
    public long Started { get; } = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(Started);

    /// <summary>Milliseconds to the last byte, for streams to the first content; NaN before.</summary>
    public double LatencyMs { get; private set; } = double.NaN;

    /// <summary>Milliseconds to what <see cref="Patience"/> waits for, of a stream its first bytes, whatever they say; NaN before.</summary>
    public double WaitedMs => IsStream ? _firstMs : LatencyMs;

    /// <summary>Timestamp of the call's end; now while it is open.</summary>
    public long Ended => _ended == 0 ? time.GetTimestamp() : _ended;

    public bool IsSending => _content is { IsSending: true };

    /// <summary>Has the answer read into parts although the protocols are the same: nobody gets its bytes.</summary>
    public void ReadIntoParts() => Translated ??= new TranslatedAnswer(Candidate.Adapter);

    /// <summary>Gives the recording away; null when there is none.</summary>
    public AnswerRecording? TakeRecording()
    {
        _recordingTaken = true;
        return Recording;
    }

    /// <summary>Notes that the provider is not called, and why.</summary>
    public void PassOver(AttemptResult why, TimeSpan? retryAfter)
    {
        Result = why;
        RetryAfter = retryAfter;
    }

    /// <summary>Notes that the gateway could not write the request, or not read or relay the answer. To the caller and to a migration the model has failed; of its provider's health that says nothing.</summary>
    /// <param name="isStarted">Whether the caller has a part of the answer.</param>
    public void Fail(bool isStarted = false)
    {
        Result = caller.IsCancellationRequested ? AttemptResult.ClientCancelled : isStarted ? AttemptResult.BrokenStream : AttemptResult.ServerError;
        (Refusal, HasRest) = (GatewayError.Internal, false);
    }

    /// <summary>Takes a place within the provider's configured limits; false when there is none, and the provider is passed over.</summary>
    /// <param name="tokens">What the call will probably use.</param>
    public bool TryEnter(long tokens)
    {
        if (Candidate.Limit is null)
        {
            return true;
        }

        _entered = Candidate.Limit.TryEnter(tokens, out _place, out var wait);
        if (!_entered)
        {
            PassOver(AttemptResult.RateLimited, wait);
        }

        return _entered;
    }

    /// <summary>Sends the request; returns when the answer's headers are there.</summary>
    public async Task SendAsync(OutboundConnections connections, ProviderRequest what)
    {
        WasAsked = true;
        _limit = new CancellationTokenSource(Patience, time);
        _content = what.Body;
        _hangUp = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _limit);
        var request = _request = await Candidate.Adapter.CreateAsync(what, _limit.Token);
        _response = await connections.SendAsync(Candidate.Endpoint.Provider, request, _limit.Token);
        Status = (int)_response.StatusCode;
        if (Status == 401)
        {
            Candidate.Adapter.Refused(Candidate.Endpoint.Provider, request);
        }

        _stream = Decoded(await _response.Content.ReadAsStreamAsync(_limit.Token), _response.Content.Headers);
    }

    /// <summary>Reads what comes next; 0 at the end. The first read shares the limit of <see cref="SendAsync"/>. Throws when the connection breaks, the limit runs out or the caller hangs up.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        var read = _stream!.ReadAsync(buffer, _limit!.Token);
        if (!_limited && !read.IsCompleted)
        {
            _limited = true;
            _limit.CancelAfter(Candidate.Endpoint.Provider.IdleTimeout);
        }

        int count;
        try
        {
            count = await read;
        }
        catch (InvalidOperationException fault) when (_stream is BrotliStream)
        {
            throw new InvalidDataException("The answer is not compressed as its header says.", fault); // as the other decoders do
        }

        Recording?.Append(buffer.Span[..count]);
        if (double.IsNaN(_firstMs))
        {
            _firstMs = time.GetElapsedTime(Started).TotalMilliseconds;
        }

        if (_limited)
        {
            _limited = false;
            _limit.CancelAfter(Timeout.InfiniteTimeSpan); // a caller that reads slowly is not the provider's fault
        }

        return count;
    }

    /// <summary>Notes that the answer's part that latency is measured to has come; later calls change nothing.</summary>
    public void Arrived()
    {
        if (double.IsNaN(LatencyMs))
        {
            LatencyMs = Elapsed.TotalMilliseconds;
        }
    }

    /// <summary>What an exception of <see cref="SendAsync"/> or <see cref="ReadAsync"/> means.</summary>
    public AttemptResult Meaning(Exception fault) =>
        caller.IsCancellationRequested ? AttemptResult.ClientCancelled
        : fault is OperationCanceledException ? AttemptResult.Timeout
        : AttemptResult.ConnectionFailed;

    /// <summary>True for the exceptions that a broken or slow connection causes; any other is a defect.</summary>
    public static bool IsBroken(Exception fault) => fault is HttpRequestException or IOException or OperationCanceledException or InvalidDataException;

    /// <summary>Some servers compress although they were asked not to; answers are read on their way.</summary>
    private static Stream Decoded(Stream stream, HttpContentHeaders headers) =>
        !headers.NonValidated.TryGetValues("Content-Encoding", out var encoding) ? stream
        : encoding.ToString() switch
        {
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            _ => stream,
        };

    /// <summary>Tells the provider's health what came of the call and gives its place back; once a result.</summary>
    /// <param name="tried">Whether the breaker knows the result already, because the call tried for it.</param>
    public void End(bool tried = false)
    {
        if (_entered)
        {
            _entered = false;
            Candidate.Limit!.Leave(_place, Used);
        }

        if (TellsOfHealth && !IsAside && _told != Result)
        {
            _told = Result;
            Candidate.Health.Report(Result, tried, GivesVectors);
        }
    }

    /// <summary>Tokens that the call used; null for an answer that does not say so.</summary>
    private long? Used => Facts.HasUsage ? (long)Facts.InputTokens + OutputTokens
        : Result is AttemptResult.Ok or AttemptResult.BrokenStream or AttemptResult.ClientCancelled or AttemptResult.GatewayStopped ? null
        : 0;

    /// <summary>Lets go of the connection; what was received stays.</summary>
    public void Close()
    {
        End();
        _ended = Ended;
        _hangUp.Dispose();
        _response?.Dispose();
        if (!IsSending)
        {
            _request?.Dispose();
        }

        _stream?.Dispose();
        _limit?.Dispose();
    }

    public void Dispose()
    {
        Close();
        Received?.Dispose();
        Received = null;
        if (!_recordingTaken)
        {
            Recording?.Dispose();
        }

        Facts.Dispose();
    }
}
