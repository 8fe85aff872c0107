namespace Gateflow.Core.Privacy;

/// <summary>What may be taken out of texts before they are stored.</summary>
[Flags]
public enum Redactions
{
    None = 0,
    Email = 1,
    Phone = 2,

    /// <summary>Payment cards.</summary>
    Card = 4,
    Iban = 8,

    /// <summary>API keys, tokens, private keys, passwords written beside their name.</summary>
    Key = 16,
    All = Email | Phone | Card | Iban | Key,
}
