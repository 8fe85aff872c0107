using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateflow.Gateway.Translation;

/// <summary>How JSON for providers is written: text as it is, not escaped for HTML.</summary>
internal static class ProviderJson
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 128 };
}
