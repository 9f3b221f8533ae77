"""What the page of deployments/console_page.py says, in the console's five languages. Data only."""

from typing import NamedTuple


class Words(NamedTuple):
    """One language. `causes` by admin.console.state.Cause."""

    title: str
    meanwhile: str
    node: str
    packages: str
    compile: str
    since: str
    failed: str
    running: str
    retry: str
    reloads: str
    absent: str
    make: str
    causes: dict[str, str]


WORDS = {
    "en": Words(
        title="The console is being built",
        meanwhile="This happens once, at the first start. The gateway is running; this page reloads by itself.",
        node="Node.js",
        packages="Packages",
        compile="Compiling",
        since="{seconds} s so far; about a minute in all.",
        failed="The console could not be built",
        running="The gateway itself is running: its API is not affected.",
        retry="To try again, run this where the gateway is installed; its output says more:",
        reloads="This page reloads by itself. No restart is needed.",
        absent="The console is not built",
        make="To build it, run this where the gateway is installed:",
        causes={
            "unreachable": "The package registry could not be reached.",
            "disk": "The files could not be written: no space, or no permission.",
            "node": "There is no Node.js 20.19 or newer, and it could not be installed.",
            "lock": "The packages do not match the lock file.",
            "compile": "The sources could not be compiled.",
            "interrupted": "The build was interrupted. The next start of the gateway takes it up again.",
            "other": "A tool of the build failed.",
        },
    ),
    "fr": Words(
        title="La console est en cours de construction",
        meanwhile="Cela n’arrive qu’au premier démarrage. "
        "La passerelle fonctionne ; cette page se recharge toute seule.",
        node="Node.js",
        packages="Paquets",
        compile="Compilation",
        since="{seconds} s écoulées ; environ une minute en tout.",
        failed="La console n’a pas pu être construite",
        running="La passerelle elle-même fonctionne : son API n’est pas concernée.",
        retry="Pour réessayer, lancez ceci là où la passerelle est installée ; la sortie en dit plus :",
        reloads="Cette page se recharge toute seule. Aucun redémarrage n’est nécessaire.",
        absent="La console n’est pas construite",
        make="Pour la construire, lancez ceci là où la passerelle est installée :",
        causes={
            "unreachable": "Le registre de paquets est injoignable.",
            "disk": "Les fichiers n’ont pas pu être écrits : espace ou droits insuffisants.",
            "node": "Node.js 20.19 ou plus récent est absent et n’a pas pu être installé.",
            "lock": "Les paquets ne correspondent pas au fichier de verrouillage.",
            "compile": "Les sources n’ont pas pu être compilées.",
            "interrupted": "La construction a été interrompue. Le prochain démarrage de la passerelle la reprendra.",
            "other": "Un outil de la construction a échoué.",
        },
    ),
    "ja": Words(
        title="コンソールをビルドしています",
        meanwhile="初回起動時に一度だけ行われます。ゲートウェイは動作中です。このページは自動的に再読み込みされます。",
        node="Node.js",
        packages="パッケージ",
        compile="コンパイル",
        since="{seconds} 秒経過（全体で約 1 分）",
        failed="コンソールをビルドできませんでした",
        running="ゲートウェイ本体は動作しています。API への影響はありません。",
        retry="再試行するには、ゲートウェイをインストールした環境で次を実行してください。詳細は出力に表示されます。",
        reloads="このページは自動的に再読み込みされます。再起動は不要です。",
        absent="コンソールはまだビルドされていません",
        make="ビルドするには、ゲートウェイをインストールした環境で次を実行してください。",
        causes={
            "unreachable": "パッケージレジストリに接続できませんでした。",
            "disk": "ファイルを書き込めませんでした（空き容量または権限の不足）。",
            "node": "Node.js 20.19 以降がなく、インストールもできませんでした。",
            "lock": "パッケージがロックファイルと一致しません。",
            "compile": "ソースをコンパイルできませんでした。",
            "interrupted": "ビルドが中断されました。次回の起動時に再開されます。",
            "other": "ビルドツールが失敗しました。",
        },
    ),
    "zh-CN": Words(
        title="正在构建控制台",
        meanwhile="仅在首次启动时进行。网关已在运行，本页面会自动刷新。",
        node="Node.js",
        packages="依赖包",
        compile="编译",
        since="已用 {seconds} 秒，总共约一分钟。",
        failed="控制台构建失败",
        running="网关本身正在运行，API 不受影响。",
        retry="如需重试，请在安装网关的机器上运行以下命令，其输出会说明详情：",
        reloads="本页面会自动刷新，无需重启。",
        absent="控制台尚未构建",
        make="如需构建，请在安装网关的机器上运行：",
        causes={
            "unreachable": "无法连接软件包仓库。",
            "disk": "无法写入文件：空间不足或没有权限。",
            "node": "没有 Node.js 20.19 或更新版本，且未能安装。",
            "lock": "依赖包与锁定文件不一致。",
            "compile": "源代码编译失败。",
            "interrupted": "构建被中断，网关下次启动时会继续。",
            "other": "构建工具运行失败。",
        },
    ),
    "zh-TW": Words(
        title="正在建置主控台",
        meanwhile="僅在首次啟動時進行。閘道已在執行，本頁面會自動重新整理。",
        node="Node.js",
        packages="相依套件",
        compile="編譯",
        since="已用 {seconds} 秒，總共約一分鐘。",
        failed="主控台建置失敗",
        running="閘道本身正在執行，API 不受影響。",
        retry="如需重試，請在安裝閘道的機器上執行以下指令，其輸出會說明詳情：",
        reloads="本頁面會自動重新整理，無需重新啟動。",
        absent="主控台尚未建置",
        make="如需建置，請在安裝閘道的機器上執行：",
        causes={
            "unreachable": "無法連線至套件登錄庫。",
            "disk": "無法寫入檔案：空間不足或沒有權限。",
            "node": "沒有 Node.js 20.19 或更新版本，且未能安裝。",
            "lock": "套件與鎖定檔不一致。",
            "compile": "原始碼編譯失敗。",
            "interrupted": "建置已中斷，閘道下次啟動時會繼續。",
            "other": "建置工具執行失敗。",
        },
    ),
}
