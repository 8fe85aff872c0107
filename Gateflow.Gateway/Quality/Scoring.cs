using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Quality;

/// <summary>Scores answers: at once what costs nothing, the demanded format after the caller has its last byte.</summary>
internal sealed class Scoring(LengthMedians lengths, RecentAnswers recent, FormatChecks checks)
{
    /// <summary>The parts that are known at once.</summary>
    /// <param name="own">Whether the arm's own model answered: only then the answer says something of it.</param>
    public AnswerParts Read(Exchange exchange, ProviderCall call, bool own)
    {
        var facts = call.Facts;
        var parts = AnswerQuality.Of(facts, seenWhole: call.IsStream || !call.HasRest);
        if (parts.IsEmpty)
        {
            return parts;
        }

        if (exchange.Arm == Arm.None)
        {
            parts.Set(QualityPart.Format, exchange.Envelope.WantsJson && !facts.IsEmpty ? AnswerQuality.Json(facts) : double.NaN);
        }
        else if (own && !facts.HasToolCalls && facts.ContentLength > 0)
        {
            parts.Set(QualityPart.Length, lengths.Fold(exchange.Migration!.MigrationId, exchange.Arm, facts.ContentLength));
        }

        return parts;
    }

    /// <summary>Hands the answer over when its format is to be checked: then the record and its score follow later. False when they are to be used as they are.</summary>
    public bool TryCheck(Exchange exchange, ProviderCall call, RequestRecord record, bool own)
    {
        if (exchange.Arm == Arm.None || exchange.Migration is null)
        {
            return false;
        }

        if (own)
        {
            recent.Add(record);
        }

        var facts = call.Facts;
        if (exchange.Demanded is not { } format || record.Parts.IsEmpty || record.Quality == 0 || !(facts.HasToolCalls ? facts.Calls is { Overflow: false } : format.Json))
        {
            return false;
        }

        return checks.TryAdd(new FormatCheck(
            record, format, facts.ContentOverflow ? null : facts.Content.ToArray(), facts.HasToolCalls ? facts.Calls!.Read() : null, own));
    }
}
