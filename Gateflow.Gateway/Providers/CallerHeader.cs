using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Providers;

/// <summary>Headers of a caller that go on to a provider.</summary>
internal static class CallerHeader
{
    /// <summary>
    /// The header's value; null when there is none, or when it holds characters beyond ASCII. Such a value cannot be sent: the connection would break over it,
    /// and one caller's header would count as the provider's failure.
    /// </summary>
    public static string? Of(IHeaderDictionary caller, string name) =>
        caller.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value && Ascii.IsValid(value) ? value : null;
}
