using System.Text.RegularExpressions;

namespace Gateflow.Tests.Shell;

/// <summary>Faults in the source of pages that no compiler tells of.</summary>
public sealed partial class RazorTests
{
    private static readonly string[] Pages = Directory.GetFiles(Path.Combine(Repository.Root, "Gateflow.Dashboard"), "*.razor", SearchOption.AllDirectories);

    /// <summary>Without a binding the server does not know what stands in the browser's field, and writes an older text over what is typed meanwhile.</summary>
    [Fact]
    public void Fields_ThatAreReadWhileTyping_AreBound() =>
        Assert.Empty(Lines(static line => line.Contains("@oninput", StringComparison.Ordinal) && line.Contains(" value=", StringComparison.Ordinal)));

    /// <summary>"Older@Icons.Svg(…)" is a mail address to Razor, and stands on the page as it is; "Older@(Icons.Svg(…))" is not.</summary>
    [Fact]
    public void Expressions_RightBehindAWord_AreInParentheses() => Assert.Empty(Lines(static line => MailAddress().IsMatch(line)));

    private static IEnumerable<string> Lines(Func<string, bool> isWrong)
    {
        Assert.NotEmpty(Pages);
        return Pages.SelectMany(page => File.ReadLines(page).Where(isWrong).Select(line => $"{Path.GetFileName(page)}: {line.Trim()}"));
    }

    [GeneratedRegex(@"(?:^|[\s>])[A-Za-z]+@[A-Z]\w*\.")]
    private static partial Regex MailAddress();
}
