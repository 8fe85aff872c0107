using Gateflow.Core.Access;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Quality;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Translation;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Pipeline;

/// <summary>One request on its way: filled step by step, read by the steps that follow. One table is used from first to last.</summary>
internal sealed class Exchange(HttpContext http, ICallerProtocol protocol, RouteTable table, TimeProvider time) : IDisposable
{
    public HttpContext Http { get; } = http;

    /// <summary>What the caller speaks.</summary>
    public ICallerProtocol Protocol { get; } = protocol;

    public RouteTable Table { get; } = table;

    public TimeProvider Time { get; } = time;

    public DateTimeOffset At { get; } = time.GetUtcNow();

    /// <summary>Timestamp of the arrival.</summary>
    public long Started { get; } = time.GetTimestamp();

    public string RequestId => field ??= Ids.New("req", At);

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Step 1.</summary>
    public KeyEntry Key { get; set; } = null!;

    /// <summary>Step 2: the body as received; null once no provider needs it any more.</summary>
    public PooledBody? Body { get; set; }

    /// <summary>Step 2.</summary>
    public Envelope Envelope { get; } = new();

    /// <summary>Step 3: the model after aliases.</summary>
    public string Model { get; set; } = "";

    /// <summary>Step 3: what is known of <see cref="Model"/>; null for an unknown one.</summary>
    public ModelRoute? Asked { get; set; }

    /// <summary>Step 3: what the limits of the key let through, until it is settled; null for a key without limits.</summary>
    public LimitReading? Taken { get; set; }

    /// <summary>Step 4: the part of the customer's product that asks.</summary>
    public string? Feature { get; set; }

    /// <summary>Step 4: the running migration that covers the request.</summary>
    public MigrationRoute? Migration { get; set; }

    /// <summary>Step 4: the side of <see cref="Migration"/>.</summary>
    public Arm Arm { get; set; }

    /// <summary>Step 4: true for a conversation that drain would keep on the source in any case: no proof of how units are dealt.</summary>
    public bool Kept { get; set; }

    /// <summary>Step 4: stable hash of what keeps its arm.</summary>
    public ulong Unit { get; set; }

    /// <summary>Step 4: whom a failure or a score comes from; without a unit, and where keys stick, the hash of key and body.</summary>
    public ulong FailureUnit { get; set; }

    /// <summary>Step 4: hash of <see cref="FailureUnit"/> and body, by which the target's failures are told apart; 0 where it is not asked.</summary>
    public ulong FailureRequest { get; set; }

    /// <summary>After step 4: the request once more for the target of a migration that mirrors; null for none, and once it was handed over.</summary>
    public ShadowCopy? Copy { get; set; }

    /// <summary>True for such a copy itself: no caller waits for its answer.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Step 5: the completed migration that replaced the model; null when none did.</summary>
    public MigrationRoute? Replacement { get; set; }

    /// <summary>Step 5: the chain that replaced the model because the catalog's date is past; null when none did.</summary>
    public FallbackRoute? Activated { get; set; }

    /// <summary>Step 5: the model to be asked, or the source of <see cref="Migration"/>.</summary>
    public string Selected { get; set; } = "";

    /// <summary>Step 6: who is asked, in order; at least one. Those behind the first model are listed once it fails.</summary>
    public IReadOnlyList<Candidate> Candidates { get; set; } = [];

    /// <summary>Step 6: what it is to <see cref="Migration"/> that nobody can be asked; null for nothing, as where the key or the API is to blame.</summary>
    public OutcomeKind? Unserved { get; set; }

    /// <summary>Step 6: true when <see cref="Candidates"/> and <see cref="Chain"/> are complete.</summary>
    public bool AllListed { get; set; }

    /// <summary>Step 6: the fallbacks of the request; null when it has none.</summary>
    public FallbackRoute? Chain { get; set; }

    /// <summary>Step 7: what is asked, read whole once a candidate speaks another protocol; null before.</summary>
    public ModelRequest? Request { get; set; }

    /// <summary>Step 7: who could not read thoughts in the conversation, which another provider or account gave, and is asked without them; null for nobody.</summary>
    public ModelEndpoint? AskedWithoutThoughts { get; set; }

    /// <summary>Step 7: every provider call made, and every candidate that was passed over, in order.</summary>
    public List<ProviderCall> Calls { get; } = new(1);

    /// <summary>Step 7: the call that the caller is told of; null before it is known.</summary>
    public ProviderCall? Final { get; set; }

    /// <summary><see cref="Final"/>, before it is known the latest call; null when there was none.</summary>
    public ProviderCall? Last => Final ?? (Calls.Count > 0 ? Calls[^1] : null);

    /// <summary>Step 8: timestamp of the first byte sent to the caller; 0 before.</summary>
    public long FirstByte { get; set; }

    /// <summary>Step 8: the format that was demanded, to hold the answer against; null when there was none or nobody judges it.</summary>
    public DemandedFormat? Demanded { get; set; }

    /// <summary>True when the answer's text is kept: a migration's arms are compared, or JSON was demanded.</summary>
    public bool KeepsContent => Arm != Arm.None || Envelope.WantsJson;

    /// <summary>True when the answer's tool calls are kept.</summary>
    public bool KeepsCalls => Arm != Arm.None && Envelope.Tools.Length > 0;

    /// <summary>Copies of the bodies when the request was chosen as a sample.</summary>
    public ReadOnlyMemory<byte> SampleRequest { get; set; }

    public ReadOnlyMemory<byte> SampleResponse { get; set; }

    /// <summary>Calls that were made.</summary>
    public int Attempts
    {
        get
        {
            var made = 0;
            foreach (var call in Calls)
            {
                made += call.WasAsked ? 1 : 0;
            }

            return made;
        }
    }

    /// <summary>True when another model was asked in place of the chosen one: the source for the target, a chain's model for either.</summary>
    public bool FellBack => Last is { } last && last.Candidate.Role != Chosen;

    /// <summary>The contract's reason when another model than the chosen one answered; else null.</summary>
    public string? FallbackReason =>
        (Activated is null && !FellBack) || Last is not { Result: AttemptResult.Ok or AttemptResult.BrokenStream } ? null
        : Activated is not null ? Core.Fallbacks.FallbackReason.ModelDeprecated.Name()
        : Calls.FindLast(call => call.Candidate.Role == Chosen) is { } failed ? FallbackReasons.Of(failed.Result).Name()
        : Core.Fallbacks.FallbackReason.ModelUnavailable.Name(); // nobody serves the target

    private CandidateRole Chosen => Arm == Arm.Target ? CandidateRole.Target : CandidateRole.Own;

    /// <summary>True when the caller is answered by another model than the one that it names.</summary>
    public bool Acted => Arm == Arm.Target || Replacement is not null || Activated is not null || FellBack;

    /// <summary>Gives the body's memory back as soon as nobody needs it: streams stay open for long.</summary>
    public void ReleaseBody()
    {
        var body = Body;
        Body = null;
        if (!Calls.Exists(static call => call.IsSending))
        {
            body?.Dispose();
        }
    }

    /// <summary>Whether a fault is the end of the caller's connection. Before the first call no other can break.</summary>
    public bool IsHangUp(Exception fault) => ProviderCall.IsBroken(fault) && (Aborted.IsCancellationRequested || Calls.Count == 0);

    public void Dispose()
    {
        Copy?.Tally.Skipped(); // nothing is known of what the source did
        Copy?.Dispose();
        foreach (var call in Calls)
        {
            call.Dispose();
        }

        ReleaseBody();
    }
}
