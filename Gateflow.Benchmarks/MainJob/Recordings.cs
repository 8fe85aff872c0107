using System.Text.Json;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>Real prompts with the real answers of each model. Neither is ever printed.</summary>
internal sealed class Recordings
{
    private readonly List<string> _prompts = [];
    private readonly List<Dictionary<string, string>> _answers = [];

    public int Count => _prompts.Count;

    public string Prompt(int index) => _prompts[index];

    /// <summary>Null when that model was not recorded.</summary>
    public string? Answer(int index, string model) => _answers[index].GetValueOrDefault(model);

    /// <param name="path">One <c>{"prompt": text, "answers": {model: text}}</c> a line.</param>
    /// <param name="models">Models that must have answered every prompt.</param>
    /// <exception cref="JobException">A line is not of that shape, an answer is missing, or a prompt stands twice.</exception>
    public static Recordings Read(string path, IEnumerable<string> models)
    {
        var recordings = new Recordings();
        var wanted = models.ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(line);
                var prompt = json.RootElement.GetProperty("prompt").GetString()!;
                var answers = json.RootElement.GetProperty("answers").EnumerateObject().ToDictionary(a => a.Name, a => a.Value.GetString()!);
                if (wanted.Find(m => !answers.TryGetValue(m, out var text) || text.Length == 0) is { } missing)
                {
                    throw new JobException($"{path}, line {number}: there is no answer of {missing}.");
                }

                if (!seen.Add(prompt))
                {
                    throw new JobException($"{path}, line {number}: the prompt stands there for the second time, so its answer would be ambiguous.");
                }

                recordings._prompts.Add(prompt);
                recordings._answers.Add(answers);
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new JobException($"{path}, line {number}: it must be {{\"prompt\": text, \"answers\": {{model: text}}}}.");
            }
        }

        return recordings.Count > 0 ? recordings : throw new JobException($"{path} holds no answers.");
    }
}
