using Gateflow.Simulator.Behaviours;

namespace Gateflow.Simulator.Faults;

/// <summary>What becomes of one request.</summary>
internal enum Fate
{
    Answer,
    Timeout,
    Error,
    BrokenStream,
    Malformed,

    /// <summary>A stream fails in the middle and says so; an answer in one piece is an error.</summary>
    StreamError,
}

internal static class FateOf
{
    /// <param name="behaviour">Its five rates divide [0,1) into bands; what is left is <see cref="Fate.Answer"/>.</param>
    /// <param name="draw">Uniform in [0,1).</param>
    public static Fate Draw(ModelBehaviour behaviour, double draw)
    {
        var edge = behaviour.TimeoutRate;
        if (draw < edge)
        {
            return Fate.Timeout;
        }

        if (draw < (edge += behaviour.ErrorRate))
        {
            return Fate.Error;
        }

        if (draw < (edge += behaviour.BrokenStreamRate))
        {
            return Fate.BrokenStream;
        }

        if (draw < (edge += behaviour.MalformedRate))
        {
            return Fate.Malformed;
        }

        return draw < edge + behaviour.StreamErrorRate ? Fate.StreamError : Fate.Answer;
    }
}
