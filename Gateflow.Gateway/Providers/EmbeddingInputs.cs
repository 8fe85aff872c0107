using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers;

/// <summary>What is the same of embeddings that are asked for in any other protocol than OpenAI's.</summary>
internal static class EmbeddingInputs
{
    /// <summary>What is to be embedded; fields that the provider has no word for are noted as dropped.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="most">Texts that the provider takes in one call.</param>
    /// <param name="notes">Hears of what is left out.</param>
    /// <param name="carried">Another field that the provider has a word for.</param>
    /// <exception cref="NotCarriedException">There are more texts.</exception>
    public static EmbeddingInput Of(ModelRequest request, int most, ShimNotes notes, string? carried = null)
    {
        var input = request.Embedding ?? throw NotCarriedException.Invalid("input", "a text or an array of texts");
        if (input.Texts.Count > most)
        {
            throw NotCarriedException.Unsupported("input", most == 1 ? "takes one text a request" : $"takes at most {most} texts a request");
        }

        foreach (var name in request.Others.Keys.Where(name => name != carried))
        {
            notes.Dropped(name);
        }

        return input;
    }
}
