using System.Text.Json;

namespace Gateflow.Simulator.Answers;

/// <summary>Real answers by prompt and model, read from JSONL: one <c>{"prompt": text, "answers": {model: text}}</c> a line.</summary>
internal sealed class RecordedAnswers
{
    private readonly Dictionary<string, Dictionary<string, string>> _byPrompt = new(StringComparer.Ordinal);

    public int Count => _byPrompt.Count;

    public string? Find(string prompt, string model) =>
        _byPrompt.TryGetValue(prompt, out var answers) && answers.TryGetValue(model, out var text) ? text : null;

    /// <exception cref="InvalidDataException">A line is not of that shape; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RecordedAnswers Read(string path)
    {
        var recorded = new RecordedAnswers();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line) && recorded.Add(line) is { } fault)
            {
                throw new InvalidDataException($"line {number}: {fault}");
            }
        }

        return recorded.Count > 0 ? recorded : throw new InvalidDataException("holds no answer");
    }

    private string? Add(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("prompt", out var prompt) || prompt.ValueKind != JsonValueKind.String)
            {
                return "\"prompt\" must be a string";
            }

            if (!root.TryGetProperty("answers", out var answers) || answers.ValueKind != JsonValueKind.Object)
            {
                return "\"answers\" must be an object of model: text";
            }

            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var answer in answers.EnumerateObject())
            {
                if (answer.Value.ValueKind != JsonValueKind.String)
                {
                    return $"the answer of \"{answer.Name}\" must be a string";
                }

                texts[answer.Name] = answer.Value.GetString()!;
            }

            _byPrompt[prompt.GetString()!] = texts;
            return null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return $"is not JSON ({problem.Message})";
        }
    }
}
