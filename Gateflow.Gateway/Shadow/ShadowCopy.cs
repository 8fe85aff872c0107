using Gateflow.Core.Access;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Shadow;

/// <summary>
/// A request once more, for the target: its body and what the source made of it, in memory only. It holds a place in its lane from the moment that
/// the arm is chosen until it is disposed.
/// </summary>
internal sealed class ShadowCopy : IDisposable
{
    /// <summary>Headers of a caller that adapters pass on.</summary>
    private static readonly string[] Passed = ["OpenAI-Beta", "anthropic-version", "anthropic-beta"];

    /// <summary>Tokens set aside for an answer of which nothing is known; few are longer.</summary>
    private const int LongAnswer = 4096;

    private readonly ShadowLane _lane;
    private readonly Asking _asking;
    private readonly HeaderDictionary _headers = [];
    private PooledBody? _body;
    private long _bytes;

    /// <summary>Copies the body. The place must have been taken.</summary>
    public ShadowCopy(ShadowLane lane, ShadowTally tally, Exchange original)
    {
        (_lane, Tally, MigrationId) = (lane, tally, original.Migration!.MigrationId);
        _asking = new Asking(
            original.Protocol, original.Key, original.Model, original.Asked, original.Feature, original.Selected, original.Unit, original.FailureUnit, original.FailureRequest);
        SourceTokens = ((int)Math.Min(int.MaxValue, Usage.TokenEstimate.Of(original.Envelope.PromptLength)), (int)Math.Min(original.Envelope.MaxOutputTokens ?? LongAnswer, LongAnswer));
        var body = original.Body!.Span;
        _body = new PooledBody(body.Length);
        _body.Append(body);
        _bytes = body.Length;
        foreach (var name in Passed)
        {
            if (original.Http.Request.Headers.TryGetValue(name, out var values))
            {
                _headers[name] = values;
            }
        }
    }

    public ShadowTally Tally { get; }

    public string MigrationId { get; }

    /// <summary>What the source did with the request before it was asked again; <see cref="AttemptResult.NotAsked"/> while it is at it.</summary>
    public AttemptResult Source { get; private set; }

    /// <summary>Milliseconds that the source took; NaN when it did not answer.</summary>
    public double SourceMs { get; private set; } = double.NaN;

    /// <summary>The source's <see cref="ProviderCall.WaitedMs"/>; NaN when it did not answer.</summary>
    public double SourceWaitedMs { get; private set; } = double.NaN;

    /// <summary>Tokens to set money aside by: those of the source's answer; an estimate when it did not answer, or told none.</summary>
    public (int Input, int Output) SourceTokens { get; private set; }

    /// <summary>The source's answer; null when there is none, or it is too long.</summary>
    public AnswerRecording? SourceAnswer { get; private set; }

    /// <summary>Who can read <see cref="SourceAnswer"/>.</summary>
    public IProviderAdapter? SourceAdapter { get; private set; }

    public bool SourceStreams { get; private set; }

    /// <summary>What failures are counted under.</summary>
    public ulong FailureUnit => _asking.FailureUnit;

    /// <summary>By what they are told apart.</summary>
    public ulong FailureRequest => _asking.FailureRequest;

    /// <summary>Takes over what the source did.</summary>
    /// <param name="source">What came of it before it was asked again.</param>
    /// <param name="answer">The call that answered; null when the source did not.</param>
    public void Know(AttemptResult source, ProviderCall? answer)
    {
        Source = source;
        if (answer is null)
        {
            return;
        }

        (SourceMs, SourceWaitedMs, SourceStreams, SourceAdapter) = (answer.LatencyMs, answer.WaitedMs, answer.IsStream, answer.Candidate.Adapter);
        SourceTokens = answer.Facts.HasUsage ? (answer.Facts.InputTokens, answer.Facts.OutputTokens) : SourceTokens;
        if (answer.TakeRecording() is not { } recording)
        {
            return;
        }

        SourceAnswer = recording.IsWhole ? recording : null;
    }

    /// <summary>Begins to keep what the source answers.</summary>
    public AnswerRecording Record() => new(_lane);

    /// <summary>The request as one of its own, without a caller, on its way to the target. It takes the body along.</summary>
    /// <param name="table">The routes in force.</param>
    /// <param name="migration">The migration as it stands in them.</param>
    public Exchange Open(RouteTable table, MigrationRoute migration, TimeProvider time, CancellationToken stop)
    {
        var http = new DefaultHttpContext { RequestAborted = stop };
        foreach (var header in _headers)
        {
            http.Request.Headers[header.Key] = header.Value;
        }

        var body = _body;
        _body = null;
        return new Exchange(http, _asking.Protocol, table, time)
        {
            IsCopy = true,
            Key = _asking.Key,
            Body = body,
            Model = _asking.Model,
            Asked = _asking.Asked,
            Feature = _asking.Feature,
            Selected = _asking.Selected,
            Migration = migration,
            Arm = Arm.Target,
            Unit = _asking.Unit,
            FailureUnit = _asking.FailureUnit,
            FailureRequest = _asking.FailureRequest,
            AllListed = true,
        };
    }

    public void Dispose()
    {
        _lane.Leave(Interlocked.Exchange(ref _bytes, -1));
        _body?.Dispose();
        _body = null;
        SourceAnswer?.Dispose();
        SourceAnswer = null;
    }

    /// <summary>What of the original exchange the copy needs; the exchange itself ends with its caller.</summary>
    private sealed record Asking(
        ICallerProtocol Protocol, KeyEntry Key, string Model, ModelRoute? Asked, string? Feature, string Selected, ulong Unit, ulong FailureUnit, ulong FailureRequest);
}
