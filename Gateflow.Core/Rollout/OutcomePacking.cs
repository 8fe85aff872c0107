using System.Buffers.Binary;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Outcomes as bytes, exactly: a version, then for each a byte of flags, perhaps one more, its kind, the ticks since the one before, the unit, and request, latency,
/// quality and duration where there are any. Some 40 bytes an outcome. A unit dealt is its flags and the unit: nine bytes.
/// </summary>
internal static class OutcomePacking
{
    private const byte Version = 4, WithoutMore = 3;
    private const byte Target = 1, TimedOut = 2, HasLatency = 4, HasQuality = 8, Score = 16, HasDuration = 32, Dealt = 64, HasMore = 128;
    private const byte HasRequest = 1, FailedFirst = 2, Feedback = 4;
    private const ulong FeedbackWithoutMore = 1;
    private const int Most = 3 + Varint.MaxBytes + 8 + 8 + 8 + 8 + 8;

    public static byte[] Pack(ReadOnlySpan<LoggedOutcome> outcomes)
    {
        var bytes = new byte[1 + (outcomes.Length * Most)];
        bytes[0] = Version;
        var (at, before) = (1, 0L);
        foreach (var (_, _, _, kind, outcome) in outcomes)
        {
            if (kind == LoggedKind.Dealt)
            {
                bytes[at++] = (byte)(Dealt | (outcome.Arm == Arm.Target ? Target : 0));
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), outcome.Unit);
                at += sizeof(ulong);
                continue;
            }

            var more = (byte)((outcome.Request != 0 ? HasRequest : 0) | (outcome.FailedFirst ? FailedFirst : 0) | (kind == LoggedKind.Feedback ? Feedback : 0));
            bytes[at++] = (byte)((outcome.Arm == Arm.Target ? Target : 0) | (outcome.TimedOut ? TimedOut : 0) | (kind == LoggedKind.Score ? Score : 0) | (more != 0 ? HasMore : 0)
                | (double.IsNaN(outcome.LatencyMs) ? 0 : HasLatency) | (double.IsNaN(outcome.Quality) ? 0 : HasQuality) | (double.IsNaN(outcome.DurationMs) ? 0 : HasDuration));
            if (more != 0)
            {
                bytes[at++] = more;
            }

            bytes[at++] = (byte)outcome.Kind;
            var ticks = outcome.AtTicks - before;
            Varint.Write(bytes, ref at, (ulong)((ticks << 1) ^ (ticks >> 63)));
            before = outcome.AtTicks;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), outcome.Unit);
            at += sizeof(ulong);
            if (outcome.Request != 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), outcome.Request);
                at += sizeof(ulong);
            }

            Write(outcome.LatencyMs);
            Write(outcome.Quality);
            Write(outcome.DurationMs);
        }

        return bytes[..at];

        void Write(double value)
        {
            if (!double.IsNaN(value))
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
                at += sizeof(double);
            }
        }
    }

    /// <summary>What is kept of a unit dealt.</summary>
    public static ArmOutcome OfUnit(Arm arm, ulong unit) => new()
    {
        Arm = arm, Kind = OutcomeKind.Success, Unit = unit, AtTicks = 0, LatencyMs = double.NaN, Quality = double.NaN,
    };

    /// <exception cref="FormatException">Another version's bytes, or damaged ones.</exception>
    public static List<(LoggedKind Kind, ArmOutcome Outcome)> Unpack(byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] is not (Version or WithoutMore))
        {
            throw new FormatException("Outcomes are packed in a way that this version does not know.");
        }

        List<(LoggedKind, ArmOutcome)> outcomes = [];
        try
        {
            for (var (at, before) = (1, 0L); at < bytes.Length;)
            {
                var flags = bytes[at++];
                if ((flags & Dealt) != 0)
                {
                    outcomes.Add((LoggedKind.Dealt, OfUnit((flags & Target) != 0 ? Arm.Target : Arm.Source, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)))));
                    at += sizeof(ulong);
                    continue;
                }

                var more = (flags & HasMore) != 0 ? bytes[at++] : 0;
                var kind = (OutcomeKind)bytes[at++];
                if (kind > OutcomeKind.Refused)
                {
                    throw new FormatException("A packed outcome is of no known kind.");
                }

                var zigzag = Varint.Read(bytes, ref at);
                before += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
                var unit = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                at += sizeof(ulong);
                var request = 0ul;
                if ((more & HasRequest) != 0)
                {
                    request = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
                    at += sizeof(ulong);
                }

                var isFeedback = (more & Feedback) != 0 || (bytes[0] == WithoutMore && (flags & Score) != 0 && unit == FeedbackWithoutMore);
                outcomes.Add((isFeedback ? LoggedKind.Feedback : (flags & Score) != 0 ? LoggedKind.Score : LoggedKind.Outcome, new ArmOutcome
                {
                    Arm = (flags & Target) != 0 ? Arm.Target : Arm.Source,
                    Kind = kind,
                    Unit = unit,
                    Request = request,
                    AtTicks = before,
                    TimedOut = (flags & TimedOut) != 0,
                    FailedFirst = (more & FailedFirst) != 0,
                    LatencyMs = Read(flags & HasLatency, ref at),
                    Quality = Read(flags & HasQuality, ref at),
                    DurationMs = Read(flags & HasDuration, ref at),
                }));
            }
        }
        catch (Exception fault) when (fault is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new FormatException("Packed outcomes end in the middle of one.", fault);
        }

        return outcomes;

        double Read(int there, ref int at)
        {
            if (there == 0)
            {
                return double.NaN;
            }

            at += sizeof(double);
            return BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at - sizeof(double)));
        }
    }
}
