namespace Gateflow.Gateway.Envelopes;

/// <summary>One change to a request's body on its way to a provider.</summary>
/// <param name="Start">Offset of the first byte replaced.</param>
/// <param name="Length">Bytes replaced; 0 inserts.</param>
/// <param name="Kind">When the change applies.</param>
/// <param name="Text">What stands there instead; null where the kind says it.</param>
internal readonly record struct BodyEdit(int Start, int Length, EditKind Kind, byte[]? Text = null)
{
    public int End => Start + Length;
}

/// <summary>Why a body is changed.</summary>
internal enum EditKind : byte
{
    /// <summary>The value of <c>model</c>: replaced by the id that the provider takes.</summary>
    Model,

    /// <summary>A property that is the gateway's own: removed.</summary>
    Cut,

    /// <summary><c>stream_options.include_usage</c>: added when the caller streams without asking for usage.</summary>
    Usage,
}
