using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
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

    /// <summary>Step 4: stable hash of what keeps its arm.</summary>
    public ulong Unit { get; set; }

    /// <summary>Step 4: what a failure is counted under; without a unit the hash of key and body.</summary>
    public ulong FailureUnit { get; set; }

    /// <summary>Step 5: the completed migration that replaced the model; null when none did.</summary>
    public MigrationRoute? Replacement { get; set; }

    /// <summary>Step 5: the model to be asked, or the source of <see cref="Migration"/>.</summary>
    public string Selected { get; set; } = "";

    /// <summary>Step 6: who is asked, in order; at least one.</summary>
    public IReadOnlyList<Candidate> Candidates { get; set; } = [];

    /// <summary>Step 7: what is asked, read whole once a candidate speaks another protocol; null before.</summary>
    public ModelRequest? Request { get; set; }

    /// <summary>Step 7: every provider call made, in order.</summary>
    public List<ProviderCall> Calls { get; } = new(1);

    /// <summary>Step 8: timestamp of the first byte sent to the caller; 0 before.</summary>
    public long FirstByte { get; set; }

    /// <summary>Copies of the bodies when the request was chosen as a sample.</summary>
    public ReadOnlyMemory<byte> SampleRequest { get; set; }

    public ReadOnlyMemory<byte> SampleResponse { get; set; }

    /// <summary>True when the target was asked and the source after it.</summary>
    public bool FellBack => Arm == Arm.Target && Calls.Count > 0 && Calls[^1].Candidate.Arm == Arm.Source;

    /// <summary>The contract's reason when another model than the chosen one answered; else null.</summary>
    public string? FallbackReason => FellBack && Calls[^1].Result is AttemptResult.Ok or AttemptResult.BrokenStream
        ? Relay.FallbackReason.Of(Calls[0].Result)
        : null;

    /// <summary>True when the caller is answered by another model than the one that it names.</summary>
    public bool Acted => Arm == Arm.Target || Replacement is not null;

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

    public void Dispose()
    {
        foreach (var call in Calls)
        {
            call.Dispose();
        }

        ReleaseBody();
    }
}
