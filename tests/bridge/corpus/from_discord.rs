//! What is typed on Discord, and how a client on Matrix gets it: its plain words and its HTML.

use super::Names;

/// A name, what is typed, and then what it comes to: `body`, and `formatted_body`. What stands before the words is left
/// out, and a line break at the beginning is one behind it.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

/// A row with the ids of this town in place.
pub(super) fn typed(row: &Row, names: &Names) -> String {
    row.1.replace("BEN", &names.ben).replace("ROLE", &names.role).replace("CHANNEL", &names.channel)
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    ("words", "checkout is down", "checkout is down", "checkout is down"),
    ("bold", "a **b** c", "a b c", "a <strong>b</strong> c"),
    ("italic, one way", "a *b* c", "a b c", "a <em>b</em> c"),
    ("italic, the other way", "a _b_ c", "a b c", "a <em>b</em> c"),
    ("underlined", "__b__", "b", "<u>b</u>"),
    ("struck out", "~~b~~", "b", "<del>b</del>"),
    ("hidden", "||b||", "b", "<span data-mx-spoiler>b</span>"),
    ("bold and italic", "***b***", "b", "<strong><em>b</em></strong>"),
    ("italic in bold", "**a *b* c** d", "a b c d", "<strong>a\u{a0}</strong><strong><em>b</em></strong><strong> c</strong> d"),
    ("bold and hidden", "||**b**||", "b", "<span data-mx-spoiler><strong>b</strong></span>"),
    ("underlined and struck out", "~~__b__~~", "b", "<u><del>b</del></u>"),
    ("bold over two lines", "**a\nb**", "a\nb", "<strong>a</strong><br><strong>b</strong>"),
    ("code", "see `ls *`", "see `ls *`", "see <code>ls *</code>"),
    ("code with a backquote", "``a`b``", "`a`b`", "<code>a`b</code>"),
    ("code that calls", "`@everyone`", "`@everyone`", "<code>@everyone</code>"),
    ("a block of code", "```sh\necho *hi*\n\nls\n```", "\n```sh\necho *hi*\n\nls\n```", "\n<pre><code class=\"language-sh\">echo *hi*\n\nls\n</code></pre>"),
    ("a block of code on one line", "see ```one``` there", "see \n```\none\n```\n there", "see\u{a0}<pre><code>one\n</code></pre>\u{a0}there"),
    ("a block of code with HTML", "```html\n<b>&amp;</b>\n```", "\n```html\n<b>&amp;</b>\n```", "\n<pre><code class=\"language-html\">&lt;b&gt;&amp;amp;&lt;/b&gt;\n</code></pre>"),
    ("a block of code that is indented", "```\na\n    b\n```", "\n```\na\n    b\n```", "\n<pre><code>a\n    b\n</code></pre>"),
    ("a quotation", "> a\n> b\nc", "\n> a\n> b\nc", "\n<blockquote>a<br>b</blockquote>c"),
    ("a quotation to the end", ">>> a\nb", "\n> a\n> b", "\n<blockquote>a<br>b</blockquote>"),
    ("a quotation of code", "> ```\n> x\n> ```\ny", "\n> ```\n> x\n> ```\ny", "\n<blockquote><pre><code>x\n</code></pre></blockquote>y"),
    ("a quotation with styles", "> **a**", "\n> a", "\n<blockquote><strong>a</strong></blockquote>"),
    ("no quotation", ">a", ">a", "&gt;a"),
    ("a list", "- a\n- b", "\n- a\n- b", "\n<ul><li>a</li><li>b</li></ul>"),
    ("a list in a list", "- a\n  - b\n- c", "\n- a\n  - b\n- c", "\n<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("a numbered list", "1. a\n2. b", "\n1. a\n2. b", "\n<ol><li>a</li><li>b</li></ol>"),
    ("a numbered list from three on", "3. a\n4. b", "\n3. a\n4. b", "\n<ol start=\"3\"><li>a</li><li>b</li></ol>"),
    ("no list", "-a", "-a", "-a"),
    ("a heading", "# a\nb", "\na\nb", "\n<h1>a</h1>b"),
    ("a smaller heading", "### a", "\na", "\n<h3>a</h3>"),
    ("no heading", "#a", "#a", "#a"),
    ("small words", "-# a", "a", "<em>a</em>"),
    ("a link behind words", "[here](https://a.example/c)", "here (https://a.example/c)", "<a href=\"https://a.example/c\">here</a>"),
    ("a link without a preview", "<https://a.example/c>", "https://a.example/c", "https://a.example/c"),
    ("a link with marks in it", "https://a.example/_c_*d*", "https://a.example/_c_*d*", "https://a.example/_c_*d*"),
    ("a link that lies", "[a.example](https://b.example/)", "a.example (https://b.example/)", "a.example (https://b.example/)"),
    ("a link that runs something", "[a](javascript:alert(1))", "[a](javascript:alert(1))", "[a](javascript:alert(1))"),
    ("a link with a password", "[a](https://me:pw@b.example)", "a (https://me:pw@b.example)", "a (https://me:pw@b.example)"),
    ("a person", "<@BEN> look", "ben look", "<strong>ben</strong> look"),
    ("everybody", "@everyone look", "＠everyone look", "＠everyone look"),
    ("everybody who is here", "@here look", "＠here look", "＠here look"),
    ("addresses", "mail support@channel.io or https://medium.com/@everyonebank", "mail support@channel.io or https://medium.com/@everyonebank", "mail support@channel.io or https://medium.com/@everyonebank"),
    ("what stands in code and calls", "run `kubectl get @here`", "run `kubectl get @here`", "run <code>kubectl get @here</code>"),
    ("a room, in Matrix's words", "@room look", "＠room look", "＠room look"),
    ("an account on Matrix", "@mia:example.org look", "@mia:example.org look", "@mia:example.org look"),
    ("an address that would be a pill", "[mia](https://matrix.to/#/@mia:example.org)", "mia (https://matrix.to/#/@mia:example.org)", "mia"),
    ("a role", "<@&ROLE> look", "@responders look", "@responders look"),
    ("a role nobody knows", "<@&9> look", "@role look", "@role look"),
    ("a channel", "see <#CHANNEL>", "see #war-room", "see #war-room"),
    ("an emoji of the server's own", "<:blob:12>", ":blob:", ":blob:"),
    ("one that moves", "<a:wave:34>", ":wave:", ":wave:"),
    ("an emoji", "🔥 down", "🔥 down", "🔥 down"),
    ("an emoji of three", "👩\u{200d}🚒", "👩\u{200d}🚒", "👩\u{200d}🚒"),
    ("escaped marks", "\\*a\\* \\_b\\_", "*a* _b_", "*a* _b_"),
    ("marks that are not shut", "**a and *b", "**a and *b", "**a and *b"),
    ("multiplication", "2 * 3 * 4", "2 * 3 * 4", "2 * 3 * 4"),
    ("names of variables", "a snake_case_word", "a snake_case_word", "a snake_case_word"),
    ("a path", "C:\\dir\\new", "C:\\dir\\new", "C:\\dir\\new"),
    ("a shrug", "¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯"),
    ("HTML", "<b>x</b> & <script>alert('1')</script>", "<b>x</b> & <script>alert('1')</script>", "&lt;b&gt;x&lt;/b&gt; &amp; &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
    ("signs of HTML", "&amp; &lt;", "&amp; &lt;", "&amp;amp; &amp;lt;"),
    ("lines", "a\n\nb", "a\n\nb", "a<br><br>b"),
    ("blanks", "a   b", "a   b", "a\u{a0}\u{a0}\u{a0}b"),
    ("from right to left", "שלום עולם", "שלום עולם", "שלום עולם"),
    ("what turns the direction", "a\u{202e}b\u{2066}c", "abc", "abc"),
    ("what nobody sees", "a\u{200b}b\u{feff}c\u{2060}", "abc", "abc"),
    ("accents", "e\u{301}te\u{301}", "e\u{301}te\u{301}", "e\u{301}te\u{301}"),
];
