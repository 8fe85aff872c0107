using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>A limit of a model and what the largest request needs of it, tokens.</summary>
/// <param name="Tokens">The limit.</param>
/// <param name="Used">What was used, as the source counts.</param>
/// <param name="Needed">The same as the target counts.</param>
/// <param name="OfInput">True for the limit of the input alone, false for the window that input and output share.</param>
internal sealed record ContextLimit(long Tokens, long Used, double Needed, bool OfInput)
{
    public bool Fits => Needed <= Tokens;

    /// <summary>The one of both limits that the requests come nearest to; null when neither is known.</summary>
    /// <param name="factor">Tokens that the target counts where the source counts one.</param>
    public static ContextLimit? Tightest(CatalogModel target, UsageAnalysis usage, double factor)
    {
        ContextLimit?[] known =
        [
            target.ContextWindow is { } window ? new(window, usage.MaxContextUsed, usage.MaxContextUsed * factor, false) : null,
            target.MaxInputTokens is { } most ? new(most, usage.MaxInputUsed, usage.MaxInputUsed * factor, true) : null,
        ];
        return known.OfType<ContextLimit>().MaxBy(l => l.Needed / l.Tokens);
    }
}
