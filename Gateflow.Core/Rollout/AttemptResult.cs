namespace Gateflow.Core.Rollout;

/// <summary>What one model's provider did with one request.</summary>
public enum AttemptResult : byte
{
    /// <summary>The model was not asked.</summary>
    NotAsked,
    Ok,
    BadRequest,
    Unauthorized,
    ModelNotFound,
    RateLimited,
    ServerError,
    Timeout,
    ConnectionFailed,
    CircuitOpen,
    PolicyRefusal,
    BrokenStream,
    ClientCancelled,

    /// <summary>The gateway was stopped before the answer's end.</summary>
    GatewayStopped,
}
