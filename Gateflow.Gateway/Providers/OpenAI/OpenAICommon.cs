using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Fields that chat completions and Responses have alike.</summary>
internal static class OpenAICommon
{
    /// <summary>OpenAI refuses longer ids of end users. SHA-256 in hex is just as long.</summary>
    private const int MaxUser = 64;

    /// <summary>Writes end user and service tier; a tier of another provider is left out, with a note.</summary>
    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        json.Set("user", request.User);
        if (request.ServiceTier is "auto" or "default" or "flex" or "priority" or "scale")
        {
            json["service_tier"] = request.ServiceTier;
        }
        else if (request.ServiceTier is not null)
        {
            notes.Dropped("service_tier");
        }
    }

    /// <summary>The caller's limit within what the model is known to answer at most, for more is refused; null for none.</summary>
    public static int? MaxTokens(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (request.MaxTokens is not { } most || endpoint.Facts?.MaxOutputTokens is not { } cap || most <= cap)
        {
            return request.MaxTokens;
        }

        notes.Clamped("max_tokens", cap.ToString(CultureInfo.InvariantCulture));
        return cap;
    }

    /// <summary>Whether arguments must follow the tool's schema exactly; null where nothing is said of it. Of a schema that is not closed it is left out, with a note.</summary>
    public static bool? Strict(Tool tool, ShimNotes notes)
    {
        if (tool.Strict != true || (tool.Parameters is { } schema && ClosedSchema.Is(schema)))
        {
            return tool.Strict;
        }

        notes.Dropped("tools.strict");
        return null;
    }

    /// <summary>Brings ids of end users to the length that OpenAI and Azure take; compatible servers get them as they are.</summary>
    public static void ShortenUser(JsonObject json, ProviderType type, ShimNotes notes)
    {
        if (type is not (ProviderType.OpenAI or ProviderType.AzureOpenAI))
        {
            return;
        }

        foreach (var name in (string[])["user", "safety_identifier"])
        {
            if (json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > MaxUser } id)
            {
                json[name] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
                notes.Mapped(name, "sha256");
            }
        }
    }
}
