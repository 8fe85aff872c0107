using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Fields that chat completions and Responses have alike.</summary>
internal static class OpenAICommon
{
    /// <summary>Writes end user, metadata and service tier; a tier of another provider is left out, with a note.</summary>
    public static void Write(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        json.Set("user", request.User);
        json.Set("metadata", request.Metadata);
        if (request.ServiceTier is "auto" or "default" or "flex" or "priority" or "scale")
        {
            json["service_tier"] = request.ServiceTier;
        }
        else if (request.ServiceTier is not null)
        {
            notes.Dropped("service_tier");
        }
    }
}
