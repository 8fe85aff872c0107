using Gateflow.Core;
using Gateflow.Core.Privacy;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>What may be taken out of stored texts, one by one as the wire has it.</summary>
internal static class Redactable
{
    private static readonly Redactions[] Each = [Redactions.Email, Redactions.Phone, Redactions.Card, Redactions.Iban, Redactions.Key];

    public static IReadOnlyList<string> Names { get; } = [.. Each.Select(Wire.Name)];

    public static Redactions Of(IEnumerable<string> names) => Each.Where(e => names.Contains(Wire.Name(e))).Aggregate(Redactions.None, (all, one) => all | one);

    public static IReadOnlyList<string> NamesOf(Redactions chosen) => [.. Each.Where(e => chosen.HasFlag(e)).Select(Wire.Name)];

    public static string Label(string name) => name switch
    {
        "email" => "E-mail addresses",
        "phone" => "Telephone numbers",
        "card" => "Payment cards",
        "iban" => "Bank accounts (IBAN)",
        _ => "Keys, tokens and passwords",
    };
}
